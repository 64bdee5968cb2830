// Autocovariance of several series of one length, summed over them.
#pragma once

#include <complex>
#include <cstddef>
#include <vector>

#include "core/eigen.h"

namespace livechain::core {

// Draws of one parameter, [step, chain] with steps contiguous.
struct Series {
  const double* values;
  std::size_t n_steps;
  std::size_t n_chains;

  std::size_t size() const { return n_steps * n_chains; }
  Eigen::Map<const Eigen::ArrayXd> chain(std::size_t i) const {
    return {values + i * n_steps, static_cast<Eigen::Index>(n_steps)};
  }
  Eigen::Map<const Eigen::ArrayXd> all() const { return {values, static_cast<Eigen::Index>(size())}; }
};

// The series are cut into blocks as long as the lags that are wanted, and each is correlated with itself and with
// the next: transforms that stay in the cache, whatever the length of the series, and one inverse for all.
class Autocovariance {
 public:
  Autocovariance(std::size_t n_steps, std::size_t n_lags);

  // Adds the sums over steps of y[s] y[s + lag], where y = scale (series - centre).
  void add(const double* series, double centre, double scale);

  // At lags 0, 1, ...: as many as were asked for, or as there are.
  std::vector<double> sums();

 private:
  void correlate(bool with_block_before);

  std::size_t n_steps_;
  std::size_t block_;
  Eigen::FFT<double> fft_;
  std::vector<double> padded_;
  std::vector<std::complex<double>> before_, now_, sum_;
};

}  // namespace livechain::core
