// The step loop: choose a move, split the ensemble, propose, evaluate, accept, record.
#pragma once

#include "core/move.h"
#include "core/world.h"

#include <memory>
#include <vector>

namespace livechain::core {

// Several moves, one of which is drawn for each step with probability proportional to its weight.
struct Mixture {
  std::vector<std::unique_ptr<Move>> moves;
  std::vector<double> weights;

  const Move& choose(const Random& random, std::uint64_t step) const;
};

class Sampler {
 public:
  // `n_done` is the number of steps that the run has already recorded: where its random numbers go on.
  Sampler(Ensemble ensemble, Density& density, Mixture mixture, Random random, std::int64_t n_done,
          std::int64_t thin_by);

  // Evaluates the density where the walkers start.
  static void evaluate_start(Ensemble& ensemble, Density& density);

  // Records `n_steps` more steps, `thin_by` updates of all walkers each, unless the monitor ends it.
  void run(std::int64_t n_steps, Sink& sink, Monitor& monitor);

  const Ensemble& ensemble() const { return ensemble_; }

 private:
  void update(std::uint64_t step);
  void split_ensemble(const Move& move, std::uint64_t step);
  void update_part(const Move& move, int part, std::uint64_t step);
  void accept(std::uint64_t step);

  Ensemble ensemble_;
  Density& density_;
  Mixture mixture_;
  Random random_;
  std::int64_t n_done_;
  std::int64_t thin_by_;

  std::vector<int> part_of_;  // the part of the ensemble in which each walker is
  Split split_;
  Evaluated proposed_;
  Eigen::VectorXd log_factors_;
};

}  // namespace livechain::core
