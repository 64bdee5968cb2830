// Random numbers as a pure function of (seed, step, walker, purpose).
//
// The generator is Threefry 4x64 with 13 rounds (Salmon et al. 2011, "Parallel random numbers: as easy
// as 1, 2, 3") as published in sitmo. It has no state that a run would have to store: the step number
// is the state, so a resumed run draws what an uninterrupted one would have drawn, and the order in
// which walkers are evaluated cannot matter.
#pragma once

#include <sitmo.h>

#include <cmath>
#include <cstdint>

namespace livechain::core {

enum class Purpose : std::uint64_t { move = 1, split = 2, walker = 3, scale = 4, seed = 5 };

// The numbers of one walker in one step for one purpose, in order.
class Stream {
 public:
  Stream(const sitmo::prng_engine& keyed, std::uint64_t step, std::uint64_t walker, Purpose purpose)
      : engine_(keyed) {
    engine_.set_counter(0, walker, static_cast<std::uint64_t>(purpose), step);
  }

  std::uint64_t bits() {
    const std::uint64_t low = engine_();
    return low | static_cast<std::uint64_t>(engine_()) << 32;
  }

  // Uniform on [0, 1), with all 53 bits of a double.
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

  // Uniform on {0, ..., n - 1}, without bias and mostly without a division (Lemire 2019, "Fast random integer
  // generation in an interval"). `n` is less than 2^32.
  std::size_t below(std::size_t n) {
    const auto range = static_cast<std::uint32_t>(n);
    std::uint64_t product = std::uint64_t{engine_()} * range;
    if (static_cast<std::uint32_t>(product) < range) {
      const std::uint32_t unfair = (0U - range) % range;
      while (static_cast<std::uint32_t>(product) < unfair) product = std::uint64_t{engine_()} * range;
    }
    return static_cast<std::size_t>(product >> 32U);
  }

  // Standard normal, by the polar form of Box and Muller; the second number of the pair is not kept.
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log1p(-uniform()));
    return radius * std::cos(6.283185307179586476925 * uniform());
  }

 private:
  sitmo::prng_engine engine_;
};

class Random {
 public:
  explicit Random(std::uint64_t seed) { engine_.set_key(seed); }

  Stream stream(std::uint64_t step, std::uint64_t walker, Purpose purpose) const {
    return Stream(engine_, step, walker, purpose);
  }

 private:
  sitmo::prng_engine engine_;
};

}  // namespace livechain::core
