// The compiled densities of compiled.R, and the bare work that a run is compared with.
// [[Rcpp::depends(livechain, RcppEigen, sitmo)]]
#include <livechain.h>

#include "../src/core/random.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <vector>

using livechain::Position;

double normal(const Position& x) { return -0.5 * x.squaredNorm(); }

// [[Rcpp::export]]
SEXP make_normal() { return livechain::density(normal); }

// Takes `n` exponentials' time.
// [[Rcpp::export]]
SEXP make_slow(int n) {
  return livechain::density([n](const Position& x) {
    double sum = 0;
    for (int i = 1; i <= n; ++i) sum += std::exp(-x[0] * x[0] / i);
    return normal(x) + 1e-300 * sum;
  });
}

// The random numbers of the stretch move, and an evaluation for each walker.
// [[Rcpp::export]]
double bare_loop(int n_steps, int n_walkers, int n_parameters) {
  using livechain::core::Purpose;
  const livechain::core::Random random(1);
  std::vector<double> x(static_cast<std::size_t>(n_parameters), 0.5);
  double sum = 0;
  for (int step = 0; step < n_steps; ++step) {
    auto split = random.stream(step, 0, Purpose::split);
    for (int i = n_walkers - 1; i >= n_walkers / 2; --i) sum += split.below(i + 1);
    for (int walker = 0; walker < n_walkers; ++walker) {
      auto draws = random.stream(step, walker, Purpose::walker);
      x[0] = draws.uniform();
      sum += draws.below(n_walkers / 2) + normal(Position(x.data(), n_parameters));
      sum += draws.uniform();
    }
  }
  return sum;
}

// write(2), a megabyte at a time.
// [[Rcpp::export]]
void write_bytes(std::string path, double n_bytes) {
  const std::vector<double> block(1 << 17, 1.5);
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  for (double left = n_bytes; left > 0; left -= 1 << 20) {
    const auto size = static_cast<std::size_t>(std::min<double>(left, 1 << 20));
    if (write(fd, block.data(), size) < 0) Rcpp::stop("could not write");
  }
  close(fd);
}
