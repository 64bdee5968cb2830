#pragma once

#include "core/proposal.h"

namespace livechain::core {

// Proposals are drawn from a Gaussian kernel density estimate of the helpers, whatever the walker's own
// position; log factor: log estimate(x) - log estimate(y).
class KdeMove : public ProposalMove {
 public:
  enum class Bandwidth { scott, silverman, fixed };
  KdeMove(Bandwidth rule, double factor) : rule_(rule), factor_(factor) {}

 protected:
  void begin_update(const Ensemble&, const Split&, const Moment&) override;
  double propose(const Ensemble&, const Split&, Eigen::Index walker, Stream&, Position) override;

 private:
  // The kernels of the estimate, in coordinates in which each is a standard normal density.
  class Kernels {
   public:
    Kernels() = default;
    Kernels(const Ensemble& ensemble, const std::vector<Eigen::Index>& helpers, double bandwidth);

    // Helpers that coincide in a parameter have no density.
    bool exist() const { return exist_; }

    const Eigen::MatrixXd& root() const { return root_; }

    // Up to a constant.
    double log_density(const Eigen::VectorXd& position) const;

   private:
    Eigen::MatrixXd whiten(const Eigen::MatrixXd& columns) const;

    bool exist_ = false;
    Eigen::MatrixXd root_;
    Eigen::MatrixXd whitened_;
  };

  double bandwidth(double n, double dimensions) const;

  Bandwidth rule_;
  double factor_;  // of the standard deviation, when fixed
  Kernels kernels_;
};

}  // namespace livechain::core
