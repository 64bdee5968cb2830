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
  void propose(const Ensemble&, const Split&, const Moment&, Proposal) override;

 private:
  double bandwidth(double n, double dimensions) const;

  Bandwidth rule_;
  double factor_;  // of the standard deviation, when fixed
};

}  // namespace livechain::core
