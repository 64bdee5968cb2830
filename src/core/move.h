// A move proposes new positions for some walkers from the positions of others. It does not decide:
// splitting the ensemble, evaluating and accepting are the sampler's, the same for every move.
#pragma once

#include "core/ensemble.h"
#include "core/random.h"

#include <vector>

namespace livechain::core {

// The walkers that move now, and the helpers: all that are in the other parts of the ensemble.
struct Split {
  std::vector<Eigen::Index> active;
  std::vector<Eigen::Index> helpers;
};

struct Proposal {
  Positions& positions;          // [active, parameter], to be filled
  Eigen::VectorXd& log_factors;  // log of the ratio by which acceptance is to be multiplied, to be filled
};

class Move {
 public:
  virtual ~Move() = default;

  virtual void propose(const Ensemble& ensemble, const Split& split, const Random& random,
                       std::uint64_t step, Proposal proposal) const = 0;

  // In how many parts the ensemble is split, and whether the parts are drawn anew at each step.
  int n_splits = 2;
  bool randomize_split = true;
};

}  // namespace livechain::core
