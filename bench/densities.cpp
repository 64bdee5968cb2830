// The compiled densities of compiled.R and storing.R.
// [[Rcpp::depends(livechain, RcppEigen)]]
#include <livechain.h>

#include <chrono>
#include <cmath>
#include <memory>
#include <vector>

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

std::vector<double> marks;  // seconds, of the density below

// The normal that notes the time at each `every`-th evaluation.
// [[Rcpp::export]]
SEXP make_clocked(double every) {
  marks.clear();
  auto left = std::make_shared<double>(every);
  return livechain::density([=](const Position& x) {
    if (--*left == 0) {
      *left = every;
      marks.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count());
    }
    return normal(x);
  });
}

// [[Rcpp::export]]
std::vector<double> clock_marks() { return marks; }

// Takes `n` exponentials' time.
// [[Rcpp::export]]
SEXP make_slow(int n) {
  return livechain::density([n](const Position& x) {
    double sum = 0;
    for (int i = 1; i <= n; ++i) sum += std::exp(-x[0] * x[0] / i);
    return normal(x) + 1e-300 * sum;
  });
}
