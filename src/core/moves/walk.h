#pragma once

#include "core/circles.h"
#include "core/normal.h"
#include "core/proposal.h"

namespace livechain::core {

// The walk move of Goodman & Weare (2010): x + sum_j N_j (c_j - mean(c)) / sqrt(s) over s helpers, a normal
// step with their covariance. With all helpers, that is drawn by its root.
class WalkMove : public ProposalMove {
 public:
  // 0 helpers stands for all of them.
  explicit WalkMove(Index n_helpers) : n_helpers_(n_helpers) {}

  void begin(const Walkers& walkers) override;
  Index n_uniforms(Index n_parameters) const override;

 protected:
  void propose(const Part& part, const Proposals& to) override;

 private:
  void propose_with_all(const Part& part, const Proposals& to);
  void propose_with_some(const Part& part, const Proposals& to);

  Index n_helpers_;
  std::vector<double> normals_, mean_;
  std::vector<Index> order_, drawn_;
  Unrolled unrolled_;
};

}  // namespace livechain::core
