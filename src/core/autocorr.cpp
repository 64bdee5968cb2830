#include "core/autocorr.h"

#include <Eigen/Core>
#include <unsupported/Eigen/FFT>

#include <algorithm>
#include <complex>
#include <numeric>
#include <vector>

namespace livechain::core {

namespace {

std::size_t next_power_of_two(std::size_t n) {
  std::size_t power = 1;
  while (power < n) power *= 2;
  return power;
}

// Adds autocorrelation functions of real series of one length.
class Autocorrelation {
 public:
  explicit Autocorrelation(std::size_t n_steps)
      : n_steps_(n_steps), padded_(2 * next_power_of_two(n_steps)), sum_(n_steps, 0.0) {
    fft_.SetFlag(Eigen::FFT<double>::HalfSpectrum);
  }

  void add(const double* series) {
    const double mean =
        std::accumulate(series, series + n_steps_, 0.0) / static_cast<double>(n_steps_);
    std::fill(padded_.begin(), padded_.end(), 0.0);
    std::transform(series, series + n_steps_, padded_.begin(), [mean](double x) { return x - mean; });
    fft_.fwd(spectrum_, padded_);
    for (auto& s : spectrum_) s = std::norm(s);
    fft_.inv(padded_, spectrum_);
    for (std::size_t t = 0; t < n_steps_; ++t) sum_[t] += padded_[t] / padded_[0];
  }

  const std::vector<double>& sum() const { return sum_; }

 private:
  std::size_t n_steps_;
  Eigen::FFT<double> fft_;
  std::vector<double> padded_;
  std::vector<std::complex<double>> spectrum_;
  std::vector<double> sum_;
};

}  // namespace

double autocorr_time(const double* series, std::size_t n_steps, std::size_t n_walkers, double c) {
  Autocorrelation total(n_steps);
  for (std::size_t w = 0; w < n_walkers; ++w) total.add(series + w * n_steps);

  double time = -1.0;
  for (std::size_t lag = 0; lag < n_steps; ++lag) {
    time += 2.0 * total.sum()[lag] / static_cast<double>(n_walkers);
    if (static_cast<double>(lag) >= c * time) break;
  }
  return time;
}

}  // namespace livechain::core
