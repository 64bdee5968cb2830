// Draws as normal scores of their ranks: what is said of these holds whatever the tails of a distribution.
#pragma once

#include <vector>

namespace livechain::core {

// Replaces values by normal scores of their ranks among all, equal ones by that of their mean rank (Blom's
// formula, as in Vehtari et al. 2021).
void rank_normalize(std::vector<double>& values);

// Replaces values by their distances from the median: what tells scales apart as the values do locations.
void fold(std::vector<double>& values);

// By linear interpolation between the two values around it, as R's quantile().
double quantile(std::vector<double> values, double probability);

// Of the standard normal distribution: Wichura (1988), algorithm AS 241, with 16 digits.
double normal_quantile(double probability);

}  // namespace livechain::core
