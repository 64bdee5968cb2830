#pragma once

#include "core/proposal.h"

namespace livechain::core {

// The stretch move of Goodman & Weare (2010), parallel as in Foreman-Mackey et al. (2013): walker x and
// a helper c give c + z (x - c), z from g(z) ~ 1 / sqrt(z) on [1 / a, a]; log factor (d - 1) log z.
class StretchMove : public ProposalMove {
 public:
  explicit StretchMove(double a) : a_(a) {}

 protected:
  double propose(const Ensemble&, const Split&, Eigen::Index walker, Stream&, Position) override;

 private:
  double a_;
};

}  // namespace livechain::core
