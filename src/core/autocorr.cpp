#include "core/autocorr.h"

#include <algorithm>
#include <cmath>

namespace livechain::core {

namespace {

// The digits of one that is far from 0 are not lost.
template <class Values>
double mean_of(const Values& x) {
  const double origin = x[0];
  return origin + (x - origin).mean();
}

// Of deviations whose squares may be too large, or too small, for a number. NaN where nothing moves.
template <class Values>
double inverse_length(const Values& x, double mean) {
  const double largest = (x - mean).abs().maxCoeff();
  return 1.0 / largest / std::sqrt(((x - mean) / largest).square().sum());
}

// The mean over walkers of functions that are 1 at lag 0.
std::vector<double> mean_of_walkers(const Series& series, std::size_t n_lags) {
  Autocovariance total(series.n_steps, n_lags);
  const auto n_walkers = static_cast<double>(series.n_chains);
  for (std::size_t w = 0; w < series.n_chains; ++w) {
    const auto x = series.chain(w);
    const double mean = mean_of(x);
    total.add(x.data(), mean, inverse_length(x, mean) / std::sqrt(n_walkers));
  }
  return total.sums();
}

// One function for all, 1 at lag 0: a walker that stands still is as correlated as can be.
std::vector<double> pooled(const Series& series, std::size_t n_lags) {
  Autocovariance total(series.n_steps, n_lags);
  const double mean = mean_of(series.all());
  const double scale = inverse_length(series.all(), mean);
  for (std::size_t w = 0; w < series.n_chains; ++w) total.add(series.chain(w).data(), mean, scale);
  return total.sums();
}

struct Window {
  double time;
  bool found;
};

Window sokal_window(const std::vector<double>& correlation, double c) {
  double time = -1.0;
  for (std::size_t lag = 0; lag < correlation.size(); ++lag) {
    time += 2.0 * correlation[lag];
    if (static_cast<double>(lag) >= c * time) return {time, true};
  }
  return {time, false};
}

// As for Vehtari et al. (2021): draws that avoid each other tell more than independent ones, and an estimate from noise does not
// tell how much.
double shortest_time(const Series& series) { return 1.0 / std::log10(static_cast<double>(std::max<std::size_t>(series.size(), 10))); }

}  // namespace

double autocorr_time(const Series& series, double c, Center center) {
  const double shortest = center == Center::pooled ? shortest_time(series) : -1.0;
  for (std::size_t n_lags = 1024;; n_lags *= 4) {
    const auto correlation = center == Center::pooled ? pooled(series, n_lags) : mean_of_walkers(series, n_lags);
    const Window window = sokal_window(correlation, c);
    if (window.found || n_lags >= series.n_steps) return window.time < shortest ? shortest : window.time;
  }
}

}  // namespace livechain::core
