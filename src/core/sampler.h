// The step loop: choose a move, draw its numbers, split the ensembles, let the move update each part, record. The walkers
// live in the row that is being written.
#pragma once

#include "core/domain.h"
#include "core/mixture.h"
#include "core/split.h"
#include "core/tempering.h"
#include "core/world.h"

namespace livechain::core {

enum class OnNan { error, reject };

// The density, with what is to be done about results that no sampler can use: NaN and +Inf.
class CheckedDensity : public Evaluator {
 public:
  CheckedDensity(Density& density, OnNan on_nan) : density_(density), on_nan_(on_nan) {}
  void evaluate(Batch& batch) override;
  std::int64_t n_nan() const { return n_nan_; }

 private:
  void reject(Batch& batch);

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
  TemperingSettings tempering;
  Domain domain;
};

// Walkers at `positions` [walker, parameter], evaluated there. A NaN there is an error, whatever the policy.
Snapshot evaluated_start(std::vector<double> positions, Index n_parameters, Density& density);

// The walkers of a snapshot, where they are.
Walkers walkers_in(Snapshot& snapshot);

class Sampler {
 public:
  // With tempering, `start` is what is stored of it.
  Sampler(Snapshot start, Density& density, Mixture mixture, const Settings& settings);
  Sampler(const Sampler&) = delete;

  // Throws OtherMemory when a run that is taken up does not hold what its moves had learnt.
  void require_memory(std::size_t stored) const;

  // Records `n_steps` more steps, `thin_by` updates of all walkers each, unless the monitor ends it.
  void run(std::int64_t n_steps, Sink& sink, Monitor& monitor);

  const Tally& tally() const { return now_.tally; }
  std::int64_t n_limited() const { return mixture_.n_limited(); }

 private:
  Evaluator& everywhere() { return tempered_ ? static_cast<Evaluator&>(*tempered_) : checked_; }
  Evaluator& density() { return settings_.domain.is_whole_space() ? everywhere() : in_domain_; }
  void record_steps(std::int64_t n_steps, Sink& sink, Monitor& monitor);
  void move_into(const Block& block, std::size_t row);
  void move_out();
  void update(std::uint64_t step);
  void draw(const Move& move, std::uint64_t step);
  void select_part(const Move& move, int k, std::uint64_t step);

  std::unique_ptr<Tempering> tempering_;
  Snapshot now_;
  Walkers walkers_;
  CheckedDensity checked_;
  std::unique_ptr<TemperedDensity> tempered_;
  InDomain in_domain_;
  Mixture mixture_;
  Random random_;
  Settings settings_;
  std::int64_t n_nan_before_;

  Index n_together_;           // walkers of an ensemble
  std::vector<Split> splits_;  // of each ensemble
  std::vector<std::vector<double>> numbers_;
  Parts parts_;
};

}  // namespace livechain::core
