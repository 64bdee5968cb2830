// The compiled densities of compiled.R and storing.R.
// [[Rcpp::depends(livechain, RcppEigen)]]
#include <livechain.h>

#include <cmath>

using livechain::Position;

double normal(const Position& x) { return -0.5 * x.squaredNorm(); }

// [[Rcpp::export]]
SEXP make_normal() { return livechain::density(normal); }

// [[Rcpp::export]]
SEXP make_normals() {
  return livechain::density([](const livechain::Positions& x, livechain::LogProbs& log_prob) {
    log_prob = -0.5 * x.rowwise().squaredNorm();
  });
}

// Takes `n` exponentials' time.
// [[Rcpp::export]]
SEXP make_slow(int n) {
  return livechain::density([n](const Position& x) {
    double sum = 0;
    for (int i = 1; i <= n; ++i) sum += std::exp(-x[0] * x[0] / i);
    return normal(x) + 1e-300 * sum;
  });
}
