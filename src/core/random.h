// Random numbers as a pure function of (seed, step, purpose, which), many at a time.
//
// The generator is Threefry 4x64 with 13 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"). It
// has no state that a run would have to store: the step number is the state, so a resumed run draws what an
// uninterrupted one would have drawn, and the order in which walkers are evaluated cannot matter.
#pragma once

#include "core/numbers.h"
#include "core/wide.h"

#include <array>
#include <vector>

namespace livechain::core {

// Beyond these, R's generator has purposes of its own.
enum class Purpose : std::uint64_t { move = 1, update = 2, walker = 3, scale = 4, seed = 5, helpers = 6, swap = 7 };

using Words = std::array<std::uint64_t, 4>;

namespace threefry {

inline std::uint64_t rotated(std::uint64_t x, int by) { return x << by | x >> (64 - by); }

inline void mix(std::uint64_t& x, std::uint64_t& y, int by) {
  x += y;
  y = rotated(y, by) ^ x;
}

using Key = std::array<std::uint64_t, 5>;

inline Key expanded(const Words& key) {
  return {key[0], key[1], key[2], key[3], key[0] ^ key[1] ^ key[2] ^ key[3] ^ 0x1BD11BDAA9FC1A22U};
}

template <int i>
inline void rounds(Words& x, const Key& key) {
  constexpr int n_rounds = 13;
  if constexpr (i < n_rounds) {
    constexpr int rotation[8][2] = {{14, 16}, {52, 57}, {23, 40}, {5, 37}, {25, 33}, {46, 12}, {58, 22}, {32, 32}};
    mix(x[0], x[i % 2 ? 3 : 1], rotation[i % 8][0]);
    mix(x[2], x[i % 2 ? 1 : 3], rotation[i % 8][1]);
    if constexpr (i % 4 == 3) {
      constexpr int turn = i / 4 + 1;
      for (int k = 0; k < 4; ++k) x[k] += key[(turn + k) % 5];
      x[3] += turn;
    }
    rounds<i + 1>(x, key);
  }
}

inline Words encrypted(Words counter, const Key& key) {
  for (int k = 0; k < 4; ++k) counter[k] += key[k];
  rounds<0>(counter, key);
  return counter;
}

}  // namespace threefry

// Numbers one after the other, for what is drawn too rarely, or too irregularly, to be drawn many at a time.
class Stream {
 public:
  Stream(const threefry::Key& key, std::uint64_t step, std::uint64_t which, Purpose purpose)
      : key_(key), counter_{0, which, static_cast<std::uint64_t>(purpose), step} {}

  std::uint64_t bits() {
    if (next_ == 4) {
      words_ = threefry::encrypted(counter_, key_);
      ++counter_[0];
      next_ = 0;
    }
    return words_[next_++];
  }

  double uniform() { return uniform_of(bits()); }
  Index below(Index n) { return core::below(n, uniform()); }
  double normal() {
    const double u = uniform();
    return core::normal(u, uniform());
  }

 private:
  threefry::Key key_;
  Words counter_;
  Words words_{};
  std::size_t next_ = 4;
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : key_(threefry::expanded({seed, 0, 0, 0})) {}

  // At least `count` numbers on (0, 1). Which number stands at a place depends on the count.
  void uniforms(std::uint64_t step, Purpose purpose, std::uint64_t which, std::size_t count, std::vector<double>& out) const {
    const std::size_t n_blocks = (count + 31) / 32 * 8;  // eights leave no lane of a vector empty
    if (out.size() < 4 * n_blocks) out.resize(4 * n_blocks);
    wide([=, key = key_, first = out.data()] {
      for (std::size_t b = 0; b < n_blocks; ++b) {
        const Words words = threefry::encrypted({b, which, static_cast<std::uint64_t>(purpose), step}, key);
        first[b] = uniform_of(words[0]);
        first[b + n_blocks] = uniform_of(words[1]);
        first[b + 2 * n_blocks] = uniform_of(words[2]);
        first[b + 3 * n_blocks] = uniform_of(words[3]);
      }
    });
  }

  Stream stream(std::uint64_t step, Purpose purpose, std::uint64_t which) const { return {key_, step, which, purpose}; }

 private:
  threefry::Key key_;
};

}  // namespace livechain::core
