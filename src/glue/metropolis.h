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

 protected:
  // The function makes all proposals of an update at once.
  void begin_update(const core::Ensemble& ensemble, const core::Split& split, const core::Moment& moment) override;
  double propose(const core::Ensemble&, const core::Split&, Eigen::Index walker, core::Stream&,
                 Position proposed) override;

 private:
  Rcpp::Function propose_;
  core::Positions positions_;  // [active, parameter]
  Eigen::VectorXd log_ratios_;
  Eigen::Index next_ = 0;
};

}  // namespace livechain::glue
