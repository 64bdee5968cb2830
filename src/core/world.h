// What the sampler asks of the world: a density, a sink for the chain, and somebody to report to.
#pragma once

#include "core/ensemble.h"

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace livechain::core {

class Density {
 public:
  virtual ~Density() = default;

  // Fills `batch.log_prob` and `batch.blobs` for the rows of `batch.positions`; row i belongs to walker
  // `walkers[i]`, which only error messages need. May throw.
  virtual void evaluate(Evaluated& batch, const std::vector<Eigen::Index>& walkers) = 0;
};

class Sink {
 public:
  virtual ~Sink() = default;
  virtual void record(const Ensemble& ensemble) = 0;
  virtual void flush() = 0;
  virtual void finish() = 0;
};

class Monitor {
 public:
  virtual ~Monitor() = default;

  // Called after each recorded step, with the number of steps recorded so far; false ends the run there.
  virtual bool go_on(std::int64_t n_steps) = 0;
};

// A log-probability that no sampler can use: NaN or +Inf.
class BadLogProb : public std::runtime_error {
 public:
  BadLogProb(double value, Eigen::Index walker, std::vector<double> position)
      : std::runtime_error("the log-probability is not usable"),
        value(value),
        walker(walker),
        position(std::move(position)) {}

  double value;
  Eigen::Index walker;
  std::vector<double> position;
};

}  // namespace livechain::core
