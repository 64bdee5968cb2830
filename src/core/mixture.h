// Several moves, one of which is drawn for each step with probability proportional to its weight.
#pragma once

#include "core/move.h"

#include <memory>
#include <stdexcept>

namespace livechain::core {

// What is stored of what the moves had learnt is not what these moves learn.
class OtherMemory : public std::runtime_error {
 public:
  OtherMemory(std::size_t expected, std::size_t found)
      : std::runtime_error("the memory is of other moves"), expected(expected), found(found) {}

  std::size_t expected;  // numbers
  std::size_t found;
};

class Mixture {
 public:
  Mixture(std::vector<std::unique_ptr<Move>> moves, std::vector<double> weights)
      : moves_(std::move(moves)), weights_(std::move(weights)) {}

  Move& choose(const Random& random, std::uint64_t step) const;

  // The moves take up what they had learnt, or, when that is empty, begin. Throws OtherMemory.
  void begin(const Walkers& walkers, const std::vector<double>& learnt) const;
  std::vector<double> memory() const;
  std::int64_t n_limited() const;

 private:
  std::vector<std::unique_ptr<Move>> moves_;
  std::vector<double> weights_;
};

}  // namespace livechain::core
