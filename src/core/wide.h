// Loops compiled for several instruction sets, of which the widest that the processor has is run. All give the same
// bits: no fused multiply-add, no sums in another order.
//
//   wide([=] { for (Index i = 0; i < n; ++i) y[i] = log_of(x[i]); });
//
// Captures are copies: what is captured by reference might be what a loop writes, for all that the compiler knows.
#pragma once

#include "core/rounding.h"

// R puts its own -O2, which leaves most loops scalar, behind the flags of a package.
#if defined(__clang__)
#define LIVECHAIN_LOOPS flatten, noinline
#else
#define LIVECHAIN_LOOPS flatten, noinline, optimize("O3", "fp-contract=off", "no-trapping-math", "no-math-errno")
#endif

namespace livechain::core {

enum class Isa { base, avx2, avx512 };

#if defined(__x86_64__) && defined(__GNUC__) && !defined(_WIN32)

inline Isa widest() {
  __builtin_cpu_init();
  const bool has_512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (has_512) return Isa::avx512;
  return __builtin_cpu_supports("avx2") ? Isa::avx2 : Isa::base;
}

// What is run from now on; tests choose others.
inline Isa& isa() {
  static Isa chosen = widest();
  return chosen;
}

#if defined(__clang__)
#define LIVECHAIN_AVX512 "avx512f,avx512dq,avx512vl"
#else
#define LIVECHAIN_AVX512 "avx512f,avx512dq,avx512vl,prefer-vector-width=512"
#endif

template <class Loop>
struct Compiled {
  __attribute__((LIVECHAIN_LOOPS)) static void base(Loop loop) { loop(); }
  __attribute__((LIVECHAIN_LOOPS, target("avx2"))) static void avx2(Loop loop) { loop(); }
  __attribute__((LIVECHAIN_LOOPS, target(LIVECHAIN_AVX512))) static void avx512(Loop loop) { loop(); }
};

template <class Loop>
inline void wide(Loop loop) {
  switch (isa()) {
    case Isa::avx512: return Compiled<Loop>::avx512(loop);
    case Isa::avx2: return Compiled<Loop>::avx2(loop);
    default: return Compiled<Loop>::base(loop);
  }
}

#else

inline Isa widest() { return Isa::base; }

inline Isa& isa() {
  static Isa chosen = Isa::base;
  return chosen;
}

template <class Loop>
__attribute__((LIVECHAIN_LOOPS)) void wide(Loop loop) {
  loop();
}

#endif

}  // namespace livechain::core
