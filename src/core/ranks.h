// Draws as normal scores of their ranks: what is said of these holds whatever the tails of a distribution.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace livechain::core {

// Values in order, from which two kinds of scores follow without another sort. A score is the normal quantile of the
// rank among all, for equal ones of their mean rank (Blom's formula, as in Vehtari et al. 2021).
class Ranking {
 public:
  explicit Ranking(const std::vector<double>& values);

  // In the order in which the values were given.
  std::vector<double> scores() const;

  // Of the distances from `center`, which tell scales apart as the values do locations.
  std::vector<double> folded_scores(double center) const;

 private:
  using Ordered = std::vector<std::pair<double, std::size_t>>;  // a value, and where it was
  static std::vector<double> scores_of(const Ordered& ordered);

  Ordered ordered_;
};

// By linear interpolation between the two values around it, as R's quantile().
double quantile(std::vector<double> values, double probability);

// Of the standard normal distribution: Wichura (1988), algorithm AS 241, with 16 digits.
double normal_quantile(double probability);

}  // namespace livechain::core
