// R-hat and effective sample sizes of several chains (Vehtari et al. 2021), as in package posterior.
#pragma once

#include "core/autocovariance.h"

#include <cstddef>
#include <limits>
#include <vector>

namespace livechain::core {

// How much wider all draws together are than those of a half of a chain: the larger of the two of
// rank-normalized and of folded draws. NaN where nothing moves.
double rhat(const Series& chains);

// The same for ensembles of as many chains each, one after the other (Margossian et al. 2024): how much wider all
// draws are than those of an ensemble. There, chains may depend on each other.
double nested_rhat(const Series& chains, std::size_t n_ensembles);

// What is told of the draws of one parameter. NaN where there is nothing to tell: where a draw is NaN, all; where one is
// infinite, or all are the same, how well the chains agree.
struct Summary {
  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  double mean = unknown;
  double sd = unknown;
  std::vector<double> quantiles;
  double rhat = unknown;      // over ensembles, where there are several, else over chains
  double bulk_ess = unknown;  // how many independent draws tell as much about the mean of the normal scores
  double tail_ess = unknown;  // and about the 5% and 95% quantiles
};
Summary summarise(const Series& chains, const std::vector<double>& probabilities, std::size_t n_ensembles);

}  // namespace livechain::core
