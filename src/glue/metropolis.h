// A Metropolis-Hastings move whose proposals an R function makes.
#pragma once

#include "core/proposal.h"

#include <Rcpp.h>

namespace livechain::glue {

class MetropolisMove : public core::ProposalMove {
 public:
  // `propose` takes a matrix of positions and a seed for R's generator, and returns a list of
  // `positions` and `log_ratio`, checked.
  explicit MetropolisMove(Rcpp::Function propose) : propose_(propose) {}

  core::Index n_uniforms(core::Index) const override { return 0; }

 protected:
  void propose(const core::Part& part, const core::Proposals& to) override;

 private:
  Rcpp::Function propose_;
};

}  // namespace livechain::glue
