#include "core/autocorr.h"

#include <Eigen/Core>
#include <unsupported/Eigen/FFT>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <vector>

namespace livechain::core {

namespace {

std::size_t next_power_of_two(std::size_t n) {
  std::size_t power = 1;
  while (power < n) power *= 2;
  return power;
}

// The mean of the autocorrelation functions of real series of one length, up to a lag. The series are cut into
// blocks as long as that, and each is correlated with itself and with the next: transforms that stay in the cache,
// whatever the length of the series, and one inverse for all.
class Autocorrelation {
 public:
  Autocorrelation(std::size_t n_steps, std::size_t n_lags)
      : n_steps_(n_steps),
        block_(std::min(n_lags, next_power_of_two(n_steps))),
        padded_(2 * block_, 0.0),
        before_(block_ + 1),
        now_(block_ + 1),
        sum_(block_ + 1, 0.0) {
    fft_.SetFlag(Eigen::FFT<double>::HalfSpectrum);
  }

  void add(const double* series) {
    const Eigen::Map<const Eigen::ArrayXd> x(series, static_cast<Eigen::Index>(n_steps_));
    const double mean = x.mean();
    const double scale = 1.0 / std::sqrt((x - mean).square().sum());
    for (std::size_t first = 0; first < n_steps_; first += block_) {
      const std::size_t n = std::min(block_, n_steps_ - first);
      std::fill(padded_.begin(), padded_.end(), 0.0);
      std::transform(series + first, series + first + n, padded_.begin(),
                     [mean, scale](double value) { return scale * (value - mean); });
      fft_.fwd(now_.data(), padded_.data(), static_cast<Eigen::Index>(padded_.size()));
      correlate(first > 0);
      before_.swap(now_);
    }
    ++n_series_;
  }

  std::vector<double> mean() {
    fft_.inv(padded_.data(), sum_.data(), static_cast<Eigen::Index>(padded_.size()));
    std::vector<double> lags(padded_.begin(), padded_.begin() + static_cast<std::ptrdiff_t>(std::min(block_, n_steps_)));
    for (double& value : lags) value /= static_cast<double>(n_series_);
    return lags;
  }

 private:
  // A block of the next place is one of this place, shifted by half the length of a transform: every second
  // frequency changes its sign.
  void correlate(bool with_block_before) {
    for (std::size_t f = 0; f < sum_.size(); ++f) {
      sum_[f] += std::norm(now_[f]);
      if (with_block_before) sum_[f] += (f % 2 == 0 ? 1.0 : -1.0) * (std::conj(before_[f]) * now_[f]);
    }
  }

  std::size_t n_steps_;
  std::size_t block_;
  Eigen::FFT<double> fft_;
  std::vector<double> padded_;
  std::vector<std::complex<double>> before_, now_, sum_;
  std::size_t n_series_ = 0;
};

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

double autocorr_time(const double* series, std::size_t n_steps, std::size_t n_walkers, double c) {
  for (std::size_t n_lags = 1024;; n_lags *= 4) {
    Autocorrelation total(n_steps, n_lags);
    for (std::size_t w = 0; w < n_walkers; ++w) total.add(series + w * n_steps);
    const Window window = sokal_window(total.mean(), c);
    if (window.found || n_lags >= n_steps) return window.time;
  }
}

}  // namespace livechain::core
