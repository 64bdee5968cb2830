#include "core/autocorr.h"

#include <cmath>

namespace livechain::core {

namespace {

// The mean over walkers of functions that are 1 at lag 0.
std::vector<double> mean_of_walkers(const Series& series, std::size_t n_lags) {
  Autocovariance total(series.n_steps, n_lags);
  const auto n_walkers = static_cast<double>(series.n_chains);
  for (std::size_t w = 0; w < series.n_chains; ++w) {
    const auto x = series.chain(w);
    const double mean = x.mean();
    total.add(x.data(), mean, 1.0 / std::sqrt((x - mean).square().sum() * n_walkers));
  }
  return total.sums();
}

// One function for all, 1 at lag 0: a walker that stands still is as correlated as can be.
std::vector<double> pooled(const Series& series, std::size_t n_lags) {
  Autocovariance total(series.n_steps, n_lags);
  const double mean = series.all().mean();
  const double scale = 1.0 / std::sqrt((series.all() - mean).square().sum());
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

}  // namespace

double autocorr_time(const Series& series, double c, Center center) {
  for (std::size_t n_lags = 1024;; n_lags *= 4) {
    const auto correlation = center == Center::pooled ? pooled(series, n_lags) : mean_of_walkers(series, n_lags);
    const Window window = sokal_window(correlation, c);
    if (window.found || n_lags >= series.n_steps) return window.time;
  }
}

}  // namespace livechain::core
