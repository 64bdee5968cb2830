// Densities that are functions of C: what livechain/density.h calls.
#include "glue/compiled_density.h"
#include "glue/entry.h"

#include <livechain/density.h>

#include <cmath>
#include <cstddef>
#include <iterator>

namespace livechain::glue {

namespace {

struct CDensity : abi::Density {
  CDensity(livechain_log_prob one, livechain_log_probs many, void* context)
      : abi::Density(), one(one), many(many), context(context) {
    abi::Density& self = *this;
    self.abi_version = abi::version;
    self.evaluate = &CDensity::evaluate_one;
    self.evaluate_rows = &CDensity::evaluate_many;
    self.destroy = [](abi::Density* density) { delete static_cast<CDensity*>(density); };
  }

  static int evaluate_one(const abi::Density* self, const double* position, std::size_t n_parameters, double* log_prob, double*,
                          abi::Failure*) {
    const auto& density = *static_cast<const CDensity*>(self);
    *log_prob = density.one(position, n_parameters, density.context);
    return abi::evaluated;
  }

  static int evaluate_many(const abi::Density* self, const double* positions, std::size_t n, std::size_t n_parameters,
                           double* log_prob, double*, std::size_t*, abi::Failure*) {
    const auto& density = *static_cast<const CDensity*>(self);
    if (density.many != nullptr && n > 0) {
      density.many(positions, n, n_parameters, log_prob, density.context);
      return abi::evaluated;
    }
    for (std::size_t i = 0; i < n; ++i) log_prob[i] = density.one(positions + i * n_parameters, n_parameters, density.context);
    return abi::evaluated;
  }

  livechain_log_prob one;
  livechain_log_probs many;
  void* context;
};

// What the likelihood and the prior are becomes the blobs.
struct CPosterior : CDensity {
  CPosterior(livechain_log_prob one, livechain_log_probs many, livechain_log_prob prior, void* context)
      : CDensity(one, many, context), prior(prior) {
    abi::Density& self = *this;
    self.evaluate = &CPosterior::evaluate_one;
    self.evaluate_rows = &CPosterior::evaluate_many;
    self.destroy = [](abi::Density* density) { delete static_cast<CPosterior*>(density); };
    self.n_blobs = std::size(names);
    self.blobs = names;
  }

  static int evaluate_one(const abi::Density* self, const double* position, std::size_t n_parameters, double* log_prob,
                          double* blobs, abi::Failure* failure) {
    std::size_t n_done = 0;
    return evaluate_many(self, position, 1, n_parameters, log_prob, blobs, &n_done, failure);
  }

  // The likelihood gets the rows of which the prior leaves something, as many as stand together.
  static int evaluate_many(const abi::Density* self, const double* positions, std::size_t n, std::size_t n_parameters,
                           double* log_prob, double* blobs, std::size_t* n_done, abi::Failure* failure) {
    const auto& density = *static_cast<const CPosterior*>(self);
    std::size_t first = 0;
    for (std::size_t i = 0; i <= n; ++i) {
      double prior = -HUGE_VAL;
      if (i < n) prior = density.prior(positions + i * n_parameters, n_parameters, density.context);
      if (prior > -HUGE_VAL) {
        blobs[2 * i + 1] = prior;
        continue;
      }
      CDensity::evaluate_many(self, positions + first * n_parameters, i - first, n_parameters, log_prob + first, nullptr, n_done, failure);
      for (; first < i; ++first) {
        blobs[2 * first] = log_prob[first];
        log_prob[first] += blobs[2 * first + 1];
      }
      if (i < n) log_prob[first++] = prior;
    }
    return abi::evaluated;
  }

  static constexpr const char* names[] = {"log_likelihood", "log_prior"};
  livechain_log_prob prior;
};

SEXP hand_over(abi::Density* density) {
  BEGIN_RCPP
  const Rcpp::Function adopt(static_cast<SEXP>(Rcpp::Environment::namespace_env("livechain")["adopt_density"]));
  return adopt(Rcpp::XPtr<abi::Density>(density, false));
  END_RCPP
}

}  // namespace

extern "C" SEXP livechain_make_density_in_c(livechain_log_prob one, livechain_log_probs many, void* context) {
  return hand_over(new CDensity(one, many, context));
}

extern "C" SEXP livechain_make_posterior_in_c(livechain_log_prob one, livechain_log_probs many, livechain_log_prob prior, void* context) {
  return hand_over(new CPosterior(one, many, prior, context));
}

}  // namespace livechain::glue
