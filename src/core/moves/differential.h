#pragma once

#include "core/proposal.h"

#include <utility>

namespace livechain::core {

// An ordered pair of distinct helpers.
std::pair<Eigen::Index, Eigen::Index> draw_pair(const Split& split, Stream& draws);

// The differential evolution move of ter Braak (2006), as in Nelson et al. (2014): x + g (c1 - c2), with
// g = gamma0 (1 + sigma N(0, 1)) drawn for each walker.
class DifferentialMove : public ProposalMove {
 public:
  // `gamma0` 0 stands for 2.38 / sqrt(2 d).
  DifferentialMove(double sigma, double gamma0) : sigma_(sigma), gamma0_(gamma0) {}

 protected:
  double propose(const Ensemble&, const Split&, Eigen::Index walker, Stream&, Position) override;

 private:
  double sigma_;
  double gamma0_;
};

// The snooker move of ter Braak & Vrugt (2008): along the line from a helper z through x, by gamma times
// the difference of two more helpers projected onto it; log factor (d - 1) log(|y - z| / |x - z|).
class SnookerMove : public ProposalMove {
 public:
  explicit SnookerMove(double gamma) : gamma_(gamma) {}

 protected:
  double propose(const Ensemble&, const Split&, Eigen::Index walker, Stream&, Position) override;

 private:
  double gamma_;
};

}  // namespace livechain::core
