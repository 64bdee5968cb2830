#pragma once

#include "core/proposal.h"

namespace livechain::core {

// The walk move of Goodman & Weare (2010): x + sum_j N_j (c_j - mean(c)) / sqrt(s) over s helpers, a normal
// step with their covariance.
class WalkMove : public ProposalMove {
 public:
  // 0 helpers stands for all of them.
  explicit WalkMove(std::size_t n_helpers) : n_helpers_(n_helpers) {}

 protected:
  double propose(const Ensemble&, const Split&, Eigen::Index walker, Stream&, Position) override;

 private:
  std::size_t n_helpers_;
  std::vector<Eigen::Index> chosen_;
};

}  // namespace livechain::core
