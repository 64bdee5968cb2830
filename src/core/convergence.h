// R-hat and effective sample sizes of several chains (Vehtari et al. 2021), as in package posterior.
#pragma once

#include "core/autocovariance.h"

namespace livechain::core {

// How much wider all draws together are than those of a half of a chain: the larger of the two of
// rank-normalised and of folded draws. NaN where nothing moves.
double rhat(const Series& chains);

// The same for ensembles of as many chains each, one after the other (Margossian et al. 2024): how much wider all
// draws are than those of an ensemble. There, chains may depend on each other.
double nested_rhat(const Series& chains, std::size_t n_ensembles);

// R-hat, and how many independent draws tell as much about the mean of the normal scores (bulk) and about the 5% and
// 95% quantiles (tail).
struct Convergence {
  double rhat;
  double bulk_ess;
  double tail_ess;
};
Convergence convergence(const Series& chains);

}  // namespace livechain::core
