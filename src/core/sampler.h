// The step loop: choose a move, split the ensemble, let the move update each part, record.
#pragma once

#include "core/move.h"
#include "core/world.h"

#include <memory>
#include <stdexcept>
#include <vector>

namespace livechain::core {

// What is stored of what the moves had learnt is not what these moves learn.
class OtherMemory : public std::runtime_error {
 public:
  OtherMemory(std::size_t expected, std::size_t found)
      : std::runtime_error("the memory is of other moves"), expected(expected), found(found) {}

  std::size_t expected;  // numbers
  std::size_t found;
};

// Several moves, one of which is drawn for each step with probability proportional to its weight.
class Mixture {
 public:
  Mixture(std::vector<std::unique_ptr<Move>> moves, std::vector<double> weights)
      : moves_(std::move(moves)), weights_(std::move(weights)) {}

  Move& choose(const Random& random, std::uint64_t step) const;

  // The moves take up what they had learnt, or, when that is empty, begin. Throws OtherMemory.
  void begin(const Ensemble& ensemble) const;
  std::vector<double> memory() const;
  std::int64_t n_limited() const;

 private:
  std::vector<std::unique_ptr<Move>> moves_;
  std::vector<double> weights_;
};

enum class OnNan { error, reject };

// The density, with what is to be done about results that no sampler can use: NaN and +Inf.
class CheckedDensity : public Evaluator {
 public:
  CheckedDensity(Density& density, OnNan on_nan) : density_(density), on_nan_(on_nan) {}
  void evaluate(Evaluated& batch, const std::vector<Eigen::Index>& walkers) override;
  std::int64_t n_nan() const { return n_nan_; }

 private:
  Density& density_;
  OnNan on_nan_;
  std::int64_t n_nan_ = 0;
};

struct Settings {
  std::uint64_t seed = 0;
  std::int64_t n_done = 0;  // steps that the run has already recorded
  std::int64_t thin_by = 1;
  std::int64_t n_ensembles = 1;  // of as many walkers each, one after the other, which do not help each other
  OnNan on_nan = OnNan::error;
};

class Sampler {
 public:
  Sampler(Ensemble ensemble, Density& density, Mixture mixture, const Settings& settings);

  // Throws OtherMemory when a run that is taken up does not hold what its moves had learnt.
  void require_memory(std::size_t stored) const;

  // Evaluates the density where the walkers start. A NaN there is an error, whatever the policy.
  static void evaluate_start(Ensemble& ensemble, Density& density);

  // Records `n_steps` more steps, `thin_by` updates of all walkers each, unless the monitor ends it.
  void run(std::int64_t n_steps, Sink& sink, Monitor& monitor);

  const Ensemble& ensemble() const { return ensemble_; }
  std::int64_t n_limited() const { return mixture_.n_limited(); }

 private:
  void update(std::uint64_t step);
  void assign_parts(const Move& move, std::uint64_t step);
  void deal(const Move& move, std::size_t first, Stream draws);
  void select_part(int part, std::size_t first);

  Ensemble ensemble_;
  CheckedDensity density_;
  Mixture mixture_;
  Random random_;
  Settings settings_;
  std::int64_t n_nan_before_;

  std::size_t n_together_;          // walkers of an ensemble
  std::vector<int> part_of_;        // the part of its ensemble in which each walker is
  std::vector<std::size_t> order_;  // of the walkers, as they are dealt to the parts
  Split split_;
};

}  // namespace livechain::core
