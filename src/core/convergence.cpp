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

double variance(const Eigen::ArrayXd& x) {
  return (x - x.mean()).square().sum() / static_cast<double>(x.size() - 1);
}

// As R's mean(): the digits of one that is far from 0 are not lost.
double mean(const Series& series) {
  const auto n = static_cast<long double>(series.size());
  const auto sum_from = [&series](long double from) {
    long double sum = 0.0L;
    for (std::size_t i = 0; i < series.size(); ++i) sum += series.values[i] - from;
    return sum;
  };
  const long double first = sum_from(0.0L) / n;
  return static_cast<double>(std::isfinite(first) ? first + sum_from(first) / n : first);
}

// As in package posterior, nothing is said of draws that are not finite, or all the same.
bool is_judged(const Series& series) {
  return series.all().isFinite().all() && series.all().minCoeff() != series.all().maxCoeff();
}

// Each chain as two: a drift makes them differ. The middle step of an odd number is left out.
class Halves {
 public:
  explicit Halves(const Series& whole)
      : n_steps(whole.n_steps < 2 ? whole.n_steps : whole.n_steps / 2),
        n_chains(whole.n_steps < 2 ? whole.n_chains : 2 * whole.n_chains),
        whole_(whole) {}

  Eigen::Map<const Eigen::ArrayXd> chain(std::size_t i) const {
    const bool is_second = i >= whole_.n_chains;
    const double* first = is_second ? whole_.values + (i - whole_.n_chains + 1) * whole_.n_steps - n_steps
                                    : whole_.values + i * whole_.n_steps;
    return {first, static_cast<Eigen::Index>(n_steps)};
  }

  const std::size_t n_steps;
  const std::size_t n_chains;

 private:
  Series whole_;
};

bool is_constant(const Halves& halves) {
  const double value = halves.chain(0)[0];
  for (std::size_t i = 0; i < halves.n_chains; ++i) {
    if ((halves.chain(i) != value).any()) return false;
  }
  return true;
}

struct Moments {
  template <class Chains>
  explicit Moments(const Chains& series)
      : means(static_cast<Eigen::Index>(series.n_chains)), variances(means.size()) {
    for (std::size_t i = 0; i < series.n_chains; ++i) {
      const auto at = static_cast<Eigen::Index>(i);
      means[at] = series.chain(i).mean();
      variances[at] = variance(series.chain(i));
    }
  }
  Eigen::ArrayXd means, variances;
};

double rhat_of(const Halves& scores) {
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

double ess(const Halves& series) {
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

// What is made of the draws of a series, as many numbers as it has, one kind after the other.
class Scores {
 public:
  explicit Scores(const Series& draws)
      : draws_(draws), ranking_(draws), median_(ranking_.quantile(0.5)), values_(draws.size()) {}

  const Ranking& ranking() const { return ranking_; }
  void leave_out_middle() {
    if (draws_.n_steps > 1 && draws_.n_steps % 2 == 1) ranking_.leave_out(draws_.n_steps / 2);
  }

  Series of_location() {
    ranking_.scores(values_.data());
    return series();
  }
  Series of_scale() {
    ranking_.folded_scores(median_, values_.data());
    return series();
  }
  Series below(double limit) {
    const auto is_below = [limit](double value) { return value <= limit ? 1.0 : 0.0; };
    std::transform(draws_.values, draws_.values + draws_.size(), values_.begin(), is_below);
    return series();
  }

 private:
  Series series() const { return {values_.data(), draws_.n_steps, draws_.n_chains}; }

  Series draws_;
  Ranking ranking_;
  double median_;
  std::vector<double> values_;
};

// `locations` are lost with the scores of the scale.
double rhat_of(Scores& scores, const Halves& locations) {
  const double of_location = rhat_of(locations);
  return larger(of_location, rhat_of(Halves(scores.of_scale())));
}

double nested_rhat_of(Scores& scores, std::size_t n_ensembles) {
  const double of_location = nested_rhat_of(scores.of_location(), n_ensembles);
  return larger(of_location, nested_rhat_of(scores.of_scale(), n_ensembles));
}

}  // namespace

double rhat(const Series& chains) {
  if (!is_judged(chains)) return unknown;
  Scores scores(chains);
  scores.leave_out_middle();
  return rhat_of(scores, Halves(scores.of_location()));
}

double nested_rhat(const Series& chains, std::size_t n_ensembles) {
  if (!is_judged(chains)) return unknown;
  Scores scores(chains);
  return nested_rhat_of(scores, n_ensembles);
}

Summary summarise(const Series& chains, const std::vector<double>& probabilities, std::size_t n_ensembles) {
  Summary summary;
  summary.quantiles.assign(probabilities.size(), unknown);
  if (chains.size() == 0 || chains.all().isNaN().any()) return summary;
  summary.mean = mean(chains);
  summary.sd = std::sqrt((chains.all() - summary.mean).square().sum() / static_cast<double>(chains.size() - 1));
  Scores scores(chains);
  const auto quantile = [&scores](double probability) { return scores.ranking().quantile(probability); };
  std::transform(probabilities.begin(), probabilities.end(), summary.quantiles.begin(), quantile);
  if (!is_judged(chains)) return summary;

  if (n_ensembles > 1) summary.rhat = nested_rhat_of(scores, n_ensembles);
  const double low = quantile(0.05), high = quantile(0.95);
  scores.leave_out_middle();
  const Halves locations(scores.of_location());
  summary.bulk_ess = ess(locations);
  if (n_ensembles <= 1) summary.rhat = rhat_of(scores, locations);
  summary.tail_ess = ess(Halves(scores.below(low)));
  summary.tail_ess = std::min(summary.tail_ess, ess(Halves(scores.below(high))));
  return summary;
}

}  // namespace livechain::core
