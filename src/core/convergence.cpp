#include "core/convergence.h"

#include "core/ranks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace livechain::core {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

bool is_constant(const Series& series) { return series.all().minCoeff() == series.all().maxCoeff(); }

double variance(const Eigen::ArrayXd& x) {
  return (x - x.mean()).square().sum() / static_cast<double>(x.size() - 1);
}

// Draws that own their numbers.
struct Chains {
  std::vector<double> values;
  std::size_t n_steps;

  Series series() const { return {values.data(), n_steps, values.size() / n_steps}; }
};

Chains copy(const Series& series) { return {{series.values, series.values + series.size()}, series.n_steps}; }

// Each chain as two: a drift makes them differ. The middle step of an odd number is left out.
Chains split(const Series& series) {
  if (series.n_steps < 2) return copy(series);
  const std::size_t half = series.n_steps / 2;
  Chains halves{{}, half};
  halves.values.reserve(2 * half * series.n_chains);
  for (const std::size_t first : {std::size_t(0), series.n_steps - half}) {
    for (std::size_t i = 0; i < series.n_chains; ++i) {
      const double* chain = series.values + i * series.n_steps + first;
      halves.values.insert(halves.values.end(), chain, chain + half);
    }
  }
  return halves;
}

struct Moments {
  explicit Moments(const Series& series)
      : means(static_cast<Eigen::Index>(series.n_chains)), variances(means.size()) {
    for (std::size_t i = 0; i < series.n_chains; ++i) {
      const auto at = static_cast<Eigen::Index>(i);
      means[at] = series.chain(i).mean();
      variances[at] = variance(series.chain(i));
    }
  }
  Eigen::ArrayXd means, variances;
};

double rhat_of(const Series& scores) {
  const Moments of(scores);
  const auto n = static_cast<double>(scores.n_steps);
  return std::sqrt(variance(of.means) / of.variances.mean() + (n - 1.0) / n);
}

double nested_rhat_of(const Series& scores, std::size_t n_ensembles) {
  const Moments of(scores);
  const auto n_walkers = static_cast<Eigen::Index>(scores.n_chains / n_ensembles);
  Eigen::ArrayXd means(static_cast<Eigen::Index>(n_ensembles));
  double within = 0.0;
  for (Eigen::Index k = 0; k < means.size(); ++k) {
    const auto walkers = of.means.segment(k * n_walkers, n_walkers);
    means[k] = walkers.mean();
    within += of.variances.segment(k * n_walkers, n_walkers).mean() + (n_walkers > 1 ? variance(walkers) : 0.0);
  }
  return std::sqrt(1.0 + variance(means) / (within / static_cast<double>(n_ensembles)));
}

// The larger of two, where one may be unknown: folded draws of two values are all the same.
double larger(double a, double b) { return std::isnan(b) ? a : std::isnan(a) ? b : std::max(a, b); }

// Geyer's initial sequences of `correlations` at lags 0, 1, ... of `n_steps` steps; nothing when they end before
// they can be told from noise.
std::optional<double> geyer_time(const std::vector<double>& correlations, std::size_t n_steps) {
  std::vector<double> pairs = correlations;
  double even = 1.0, odd = correlations[1];
  std::size_t t = 0;
  while (t + 5 < n_steps && even + odd > 0) {
    t += 2;
    if (t + 1 >= correlations.size()) return std::nullopt;
    even = correlations[t];
    odd = correlations[t + 1];
    if (even + odd < 0) pairs[t] = pairs[t + 1] = 0.0;
  }
  const std::size_t end = t;
  pairs[end] = even > 0 ? even : pairs[end];
  for (t = 2; t + 2 <= end; t += 2) {
    if (pairs[t] + pairs[t + 1] > pairs[t - 2] + pairs[t - 1]) {
      pairs[t] = pairs[t + 1] = 0.5 * (pairs[t - 2] + pairs[t - 1]);
    }
  }
  double time = -1.0 + pairs[end];
  for (t = 0; t < std::max<std::size_t>(end, 1); ++t) time += 2.0 * pairs[t];
  return time;
}

double ess(const Chains& chains) {
  const Series series = chains.series();
  if (series.n_steps < 3 || is_constant(series)) return unknown;
  const Moments of(series);
  const auto n = static_cast<double>(series.n_steps);
  const auto n_chains = static_cast<double>(series.n_chains);
  const double within = of.variances.mean();
  const double all = within * (n - 1.0) / n + (series.n_chains > 1 ? variance(of.means) : 0.0);
  for (std::size_t n_lags = 256;; n_lags *= 4) {
    Autocovariance total(series.n_steps, n_lags);
    for (std::size_t i = 0; i < series.n_chains; ++i) {
      total.add(series.chain(i).data(), of.means[static_cast<Eigen::Index>(i)], 1.0);
    }
    std::vector<double> correlations = total.sums();
    for (double& value : correlations) value = 1.0 - (within - value / (n * n_chains)) / all;
    correlations[0] = 1.0;
    if (const auto time = geyer_time(correlations, series.n_steps)) {
      const double n_draws = n * n_chains;
      return n_draws / std::max(*time, 1.0 / std::log10(n_draws));
    }
  }
}

double quantile_ess(const Series& chains, double probability) {
  Chains below = copy(chains);
  const double limit = quantile(below.values, probability);
  for (double& value : below.values) value = value <= limit ? 1.0 : 0.0;
  return ess(split(below.series()));
}

double median(const Series& series) { return quantile(copy(series).values, 0.5); }

// Of halves of chains.
struct Scores {
  explicit Scores(const Series& chains) : of_location(split(chains)), of_scale{{}, of_location.n_steps} {
    const Ranking ranking(of_location.values);
    of_scale.values = ranking.folded_scores(median(chains));
    of_location.values = ranking.scores();
  }
  Chains of_location, of_scale;
};

double rhat_of(const Scores& scores) {
  return larger(rhat_of(scores.of_location.series()), rhat_of(scores.of_scale.series()));
}

}  // namespace

double rhat(const Series& chains) {
  return is_constant(chains) ? unknown : rhat_of(Scores(chains));
}

Convergence convergence(const Series& chains) {
  if (is_constant(chains)) return {unknown, unknown, unknown};
  const Scores scores(chains);
  return {rhat_of(scores), ess(scores.of_location), std::min(quantile_ess(chains, 0.05), quantile_ess(chains, 0.95))};
}

double nested_rhat(const Series& chains, std::size_t n_ensembles) {
  if (is_constant(chains)) return unknown;
  Chains scores = copy(chains);
  const Ranking ranking(scores.values);
  scores.values = ranking.scores();
  const double of_location = nested_rhat_of(scores.series(), n_ensembles);
  scores.values = ranking.folded_scores(median(chains));
  return larger(of_location, nested_rhat_of(scores.series(), n_ensembles));
}

}  // namespace livechain::core
