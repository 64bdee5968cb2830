// The densities of test-compiled.R.
// [[Rcpp::depends(livechain, RcppEigen)]]
#include <livechain.h>
#include <livechain/density.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <thread>

using livechain::Blobs;
using livechain::Position;

double normal(const Eigen::Ref<const Eigen::VectorXd>& x) {
  double sum = 0;
  for (Eigen::Index i = 0; i < x.size(); ++i) sum += x[i] * x[i];
  return -sum / 2;
}

// [[Rcpp::export]]
SEXP make_normal() { return livechain::density(normal); }

// [[Rcpp::export]]
SEXP make_named() { return livechain::density(normal).parameters({"a", "b"}); }

struct Shifted {
  Eigen::VectorXd center;
  double operator()(Eigen::Map<const Eigen::VectorXd> x) const { return normal(x - center); }
};

// [[Rcpp::export]]
SEXP make_shifted(Eigen::VectorXd center) { return livechain::density(Shifted{center}); }

// [[Rcpp::export]]
SEXP make_blobs() {
  return livechain::density([](const Position& x, Blobs& blobs) {
           blobs[0] = x[0];
           blobs[1] = 2 * x[0];
           return normal(x);
         })
      .blobs({"one", "two"});
}

// Sets one of two blobs.
// [[Rcpp::export]]
SEXP make_half_blobs() {
  return livechain::density([](const Position& x, Blobs& blobs) { return blobs[0] = normal(x); })
      .blobs({"set", "unset"});
}

// [[Rcpp::export]]
SEXP make_unnamed_blobs() {
  return livechain::density([](const Position& x, Blobs&) { return normal(x); });
}

// [[Rcpp::export]]
SEXP make_fragile(std::string message) {
  return livechain::density([message](const Position& x) {
    if (x[0] > 1) throw std::domain_error(message);
    return normal(x);
  });
}

// [[Rcpp::export]]
SEXP make_odd() {
  return livechain::density([](const Position&) -> double { throw 1; });
}

// [[Rcpp::export]]
SEXP make_constant(double value) {
  return livechain::density([value](const Position&) { return value; });
}

// [[Rcpp::export]]
SEXP make_moody() {
  return livechain::density([](const Position& x) { return x[0] > 2 ? std::nan("") : normal(x); });
}

// Calls R, and so on one thread only.
// [[Rcpp::export]]
SEXP make_calling(Rcpp::Function f) {
  return livechain::density(
      [f](const Position& x) { return Rcpp::as<double>(f(Rcpp::NumericVector(x.data(), x.data() + x.size()))); });
}

// [[Rcpp::export]]
SEXP make_slow(int milliseconds) {
  return livechain::density([milliseconds](const Position& x) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    return normal(x);
  });
}

double of_the_future(const Position&) { return 0; }

// [[Rcpp::export]]
SEXP make_of_another_version() {
  static livechain::detail::Model<decltype(&of_the_future)> model(&of_the_future, {}, {});
  model.abi_version = livechain::abi::version + 1;
  const Rcpp::Function adopt = Rcpp::Environment::namespace_env("livechain")["adopt_density"];
  return adopt(Rcpp::XPtr<livechain::abi::Density>(&model, false));
}

// Many positions at once.

void normals(const livechain::Positions& x, livechain::LogProbs& log_prob) { log_prob = -0.5 * x.rowwise().squaredNorm(); }

// [[Rcpp::export]]
SEXP make_normals() { return livechain::density(normals); }

// [[Rcpp::export]]
SEXP make_fragile_rows() {
  return livechain::density([](const livechain::Positions& x, livechain::LogProbs& log_prob) {
    if (x.col(0).maxCoeff() > 1) throw std::domain_error("too far");
    normals(x, log_prob);
  });
}

// As it was compiled when no density took several positions.
// [[Rcpp::export]]
SEXP make_of_first_version() {
  static livechain::detail::Model<decltype(&normal)> model(&normal, {}, {});
  model.abi_version = 1;
  model.evaluate_rows = nullptr;
  model.destroy = [](livechain::abi::Density*) {};
  const Rcpp::Function adopt = Rcpp::Environment::namespace_env("livechain")["adopt_density"];
  return adopt(Rcpp::XPtr<livechain::abi::Density>(&model, false));
}

// With a prior, which forbids what is above 2.

double half_prior(const Position& x) { return x[0] > 2 ? -std::numeric_limits<double>::infinity() : -x.squaredNorm() / 8; }

double guarded_normal(const Position& x) {
  if (x[0] > 2) throw std::domain_error("the prior forbids this");
  return normal(x);
}

// [[Rcpp::export]]
SEXP make_with_prior() { return livechain::density(guarded_normal).prior(half_prior); }

// [[Rcpp::export]]
SEXP make_rows_with_prior() {
  return livechain::density([](const livechain::Positions& x, livechain::LogProbs& log_prob) {
           if (x.col(0).maxCoeff() > 2) throw std::domain_error("the prior forbids this");
           normals(x, log_prob);
         })
      .prior(half_prior);
}

// [[Rcpp::export]]
SEXP make_blobs_with_prior() {
  return livechain::density([](const Position& x, Blobs& blobs) {
           blobs[0] = x[0];
           return normal(x);
         })
      .blobs({"one"})
      .prior([](const livechain::Positions& x, livechain::LogProbs& log_prob) { log_prob = -x.rowwise().squaredNorm() / 8; })
      .parameters({"a", "b"});
}

double normal_in_c(const double* x, size_t n, void* scale) {
  double sum = 0;
  for (size_t p = 0; p < n; ++p) sum += x[p] * x[p];
  return -0.5 * sum * *static_cast<double*>(scale);
}

// [[Rcpp::export]]
SEXP make_normal_in_c() {
  static double scale = 1;
  return livechain_density_in_c(normal_in_c, nullptr, &scale);
}

void normals_in_c(const double* x, size_t n, size_t n_parameters, double* log_prob, void* scale) {
  for (size_t i = 0; i < n; ++i) log_prob[i] = normal_in_c(x + i * n_parameters, n_parameters, scale);
}

double half_prior_in_c(const double* x, size_t n, void* scale) {
  return x[0] > 2 ? -INFINITY : 0.25 * normal_in_c(x, n, scale);
}

// [[Rcpp::export]]
SEXP make_posterior_in_c() {
  static double scale = 1;
  return livechain_posterior_in_c(normal_in_c, nullptr, half_prior_in_c, &scale);
}

// [[Rcpp::export]]
SEXP make_rows_posterior_in_c() {
  static double scale = 1;
  return livechain_posterior_in_c(normal_in_c, normals_in_c, half_prior_in_c, &scale);
}
