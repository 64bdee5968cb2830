// A move updates some walkers with the help of the others. Most moves only propose: see proposal.h.
#pragma once

#include "core/ensemble.h"
#include "core/random.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace livechain::core {

// The walkers that move now, and the helpers: all that are in the other parts of their ensemble.
struct Split {
  std::vector<Eigen::Index> active;
  std::vector<Eigen::Index> helpers;
};

// Where a move stands in the run, and its random numbers: those of a walker, and those that all share.
struct Moment {
  const Random& random;
  std::uint64_t step;

  Stream of_walker(Eigen::Index walker) const {
    return random.stream(step, static_cast<std::uint64_t>(walker), Purpose::walker);
  }
  Stream shared(Purpose purpose) const { return random.stream(step, 0, purpose); }
};

// The density as a move sees it: what cannot be used as a log-probability has been dealt with.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  virtual void evaluate(Evaluated& batch, const std::vector<Eigen::Index>& walkers) = 0;
};

class Move {
 public:
  virtual ~Move() = default;

  // Called when the run begins or is taken up, and then at each step before the ensemble is split.
  virtual void begin(const Ensemble&) {}
  virtual void prepare(const Ensemble&) {}

  virtual void update(Ensemble& ensemble, const Split& split, const Moment& moment,
                      Evaluator& evaluator) = 0;

  // What a move learns during a run is stored with the run, so that it can be resumed: numbers, as many
  // from the beginning to the end.
  virtual std::vector<double> memory() const { return {}; }
  virtual void remember(const double*) {}

  // How often it had to give up since the run began.
  virtual std::int64_t n_limited() const { return 0; }

  // In how many parts the ensemble is split, and whether the parts are drawn anew at each step.
  int n_splits = 2;
  bool randomize_split = true;
};

}  // namespace livechain::core
