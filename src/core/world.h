// What the sampler asks of the world: a density, a sink for the chain, and somebody to report to.
#pragma once

#include "core/batch.h"

#include <stdexcept>
#include <string>

namespace livechain::core {

class Density {
 public:
  virtual ~Density() = default;

  // Fills in the log-probabilities and blobs of the batch; which walkers its rows belong to, only messages need. May throw.
  virtual void evaluate(Batch& batch) = 0;
};

class Sink {
 public:
  virtual ~Sink() = default;

  // Room for steps to come. What was lent before stays as it is until the call after this one.
  virtual Block lend() = 0;

  // The next row of the block is a step now, after which the run is so far.
  virtual void record(const Tally& tally) = 0;

  virtual void flush() = 0;
  virtual void finish() = 0;
};

class Monitor {
 public:
  virtual ~Monitor() = default;

  // Called after each recorded step, with the number of steps recorded so far; false ends the run there.
  virtual bool go_on(std::int64_t n_steps) = 0;
};

// A position that is none: a proposal went beyond the largest number.
class BadPosition : public std::runtime_error {
 public:
  BadPosition(Index walker, std::vector<double> position)
      : std::runtime_error("walker " + std::to_string(walker + 1) + " was to move to a position that is not finite"),
        walker(walker), position(std::move(position)) {}

  Index walker;
  std::vector<double> position;
};

// A log-probability that no sampler can use: NaN or +Inf.
class BadLogProb : public std::runtime_error {
 public:
  BadLogProb(double value, Index walker, std::vector<double> position)
      : std::runtime_error("the log-probability of walker " + std::to_string(walker + 1) + " is " +
                           (value > 0 ? "Inf" : "NaN")),
        value(value),
        walker(walker),
        position(std::move(position)) {}

  double value;
  Index walker;
  std::vector<double> position;
};

}  // namespace livechain::core
