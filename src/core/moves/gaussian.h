#pragma once

#include "core/proposal.h"

namespace livechain::core {

// Metropolis steps of each walker by itself: x + f L N, where L is a root of the covariance.
class GaussianMove : public ProposalMove {
 public:
  enum class Mode { vector, random, sequential };  // which parameters change in an update

  // `log_factor` above 0 scales the steps of an update by exp(uniform(-log_factor, log_factor)).
  GaussianMove(Eigen::MatrixXd root, Mode mode, double log_factor)
      : root_(std::move(root)), mode_(mode), log_factor_(log_factor) {}

 protected:
  void begin_update(const Ensemble&, const Split&, const Moment&) override;
  double propose(const Ensemble&, const Split&, Eigen::Index walker, Stream&, Position) override;

 private:
  Eigen::MatrixXd root_;  // [parameter, parameter], lower triangular
  Mode mode_;
  double log_factor_;

  Eigen::Index next_ = 0;  // the parameter whose turn it is
  double scale_ = 1;       // of the steps of an update
};

}  // namespace livechain::core
