// Moves that only propose: Metropolis and Hastings' rule, the same for all of them, decides.
#pragma once

#include "core/move.h"

#include <vector>

namespace livechain::core {

struct Proposal {
  std::vector<Stream>& draws;    // the random numbers of each active walker; acceptance takes the next
  Positions& positions;          // [active, parameter], to be filled
  Eigen::VectorXd& log_factors;  // log of the ratio by which acceptance is to be multiplied, to be filled
};

class ProposalMove : public Move {
 public:
  void update(Ensemble& ensemble, const Split& split, const Moment& moment, Evaluator& evaluator) final;

 protected:
  virtual void propose(const Ensemble& ensemble, const Split& split, const Moment& moment,
                       Proposal proposal) = 0;

 private:
  void accept(Ensemble& ensemble, const Split& split);

  std::vector<Stream> draws_;
  Evaluated proposed_;
  Eigen::VectorXd log_factors_;
};

// The walker takes the position, log-probability and blob that stand in row `i` of `batch`.
void take(Ensemble& ensemble, Eigen::Index walker, const Evaluated& batch, Eigen::Index i);

}  // namespace livechain::core
