#include "core/autocovariance.h"

#include <algorithm>

namespace livechain::core {

namespace {

std::size_t next_power_of_two(std::size_t n) {
  std::size_t power = 1;
  while (power < n) power *= 2;
  return power;
}

}  // namespace

Autocovariance::Autocovariance(std::size_t n_steps, std::size_t n_lags)
    : n_steps_(n_steps),
      block_(std::min(n_lags, next_power_of_two(n_steps))),
      padded_(2 * block_, 0.0),
      before_(block_ + 1),
      now_(block_ + 1),
      sum_(block_ + 1, 0.0) {
  fft_.SetFlag(Eigen::FFT<double>::HalfSpectrum);
}

void Autocovariance::add(const double* series, double centre, double scale) {
  for (std::size_t first = 0; first < n_steps_; first += block_) {
    const std::size_t n = std::min(block_, n_steps_ - first);
    std::fill(padded_.begin(), padded_.end(), 0.0);
    std::transform(series + first, series + first + n, padded_.begin(),
                   [centre, scale](double value) { return scale * (value - centre); });
    fft_.fwd(now_.data(), padded_.data(), static_cast<Eigen::Index>(padded_.size()));
    correlate(first > 0);
    before_.swap(now_);
  }
}

std::vector<double> Autocovariance::sums() {
  fft_.inv(padded_.data(), sum_.data(), static_cast<Eigen::Index>(padded_.size()));
  return {padded_.begin(), padded_.begin() + static_cast<std::ptrdiff_t>(std::min(block_, n_steps_))};
}

// A block of the next place is one of this place, shifted by half the length of a transform: every second
// frequency changes its sign.
void Autocovariance::correlate(bool with_block_before) {
  for (std::size_t f = 0; f < sum_.size(); ++f) {
    sum_[f] += std::norm(now_[f]);
    if (!with_block_before) continue;
    const double sign = f % 2 == 0 ? 1.0 : -1.0;
    const double real = before_[f].real() * now_[f].real() + before_[f].imag() * now_[f].imag();
    const double imag = before_[f].real() * now_[f].imag() - before_[f].imag() * now_[f].real();
    sum_[f] += std::complex<double>(sign * real, sign * imag);
  }
}

}  // namespace livechain::core
