// Draws as normal scores of their ranks: what is said of these holds whatever the tails of a distribution.
#pragma once

#include "core/autocovariance.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace livechain::core {

// The draws of a series in order, from which quantiles and two kinds of scores follow. A score is the normal quantile of
// the rank among all, for equal ones of their mean rank (Blom's formula, as in Vehtari et al. 2021).
class Ranking {
 public:
  // None of the draws may be NaN.
  explicit Ranking(const Series& series);

  // By linear interpolation between the two draws around it, as R's quantile().
  double quantile(double probability) const;

  // From now on, nothing is said of this step.
  void leave_out(std::size_t step);

  // Each at the place of its draw.
  void scores(double* out) const;

  // Of the distances from `center`, which tell scales apart as the values do locations.
  void folded_scores(double center, double* out) const;

 private:
  std::size_t n_steps_;
  std::vector<std::uint64_t> places_;  // of the draws, the smallest first
  std::vector<double> values_;
};

// Of the standard normal distribution: Wichura (1988), algorithm AS 241, with 16 digits.
double normal_quantile(double probability);

}  // namespace livechain::core
