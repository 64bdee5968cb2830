// Densities that are functions of C: what livechain/density.h calls.
#include "glue/compiled_density.h"
#include "glue/entry.h"

#include <livechain/density.h>

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
    if (density.many != nullptr) {
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

}  // namespace

extern "C" SEXP livechain_make_density_in_c(livechain_log_prob one, livechain_log_probs many, void* context) {
  BEGIN_RCPP
  const Rcpp::Function adopt(static_cast<SEXP>(Rcpp::Environment::namespace_env("livechain")["adopt_density"]));
  const Rcpp::XPtr<abi::Density> density(new CDensity(one, many, context), false);
  return adopt(density);
  END_RCPP
}

}  // namespace livechain::glue
