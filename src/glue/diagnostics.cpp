// Entries that judge draws [step, walker, parameter].
#include "glue/entry.h"

#include "core/autocorr.h"
#include "core/convergence.h"

#include <vector>

namespace livechain::glue {

namespace {

// What `judge` says of each parameter.
template <class Judge>
Rcpp::NumericVector of_parameters(SEXP draws, SEXP dims, Judge judge) {
  const Rcpp::NumericVector values(draws);
  const auto shape = Rcpp::as<std::vector<double>>(dims);
  core::Series series{values.begin(), static_cast<std::size_t>(shape[0]), static_cast<std::size_t>(shape[1])};
  Rcpp::NumericVector result(static_cast<R_xlen_t>(shape[2]));
  for (double& value : result) {
    value = judge(series);
    series.values += series.size();
    Rcpp::checkUserInterrupt();
  }
  return result;
}

}  // namespace

extern "C" SEXP livechain_autocorr_time(SEXP draws, SEXP dims, SEXP c, SEXP pooled) {
  return entry([&]() -> SEXP {
    const core::Center center = Rcpp::as<bool>(pooled) ? core::Center::pooled : core::Center::walker;
    const auto window = Rcpp::as<double>(c);
    return of_parameters(draws, dims,
                         [=](const core::Series& series) { return core::autocorr_time(series, window, center); });
  });
}

// Over walkers, or, when there are several ensembles of them, over ensembles.
extern "C" SEXP livechain_rhat(SEXP draws, SEXP dims, SEXP n_ensembles) {
  return entry([&]() -> SEXP {
    const auto n = static_cast<std::size_t>(Rcpp::as<double>(n_ensembles));
    return of_parameters(draws, dims, [n](const core::Series& series) {
      return n > 1 ? core::nested_rhat(series, n) : core::rhat(series);
    });
  });
}

extern "C" SEXP livechain_bulk_ess(SEXP draws, SEXP dims) {
  return entry([&]() -> SEXP { return of_parameters(draws, dims, core::bulk_ess); });
}

extern "C" SEXP livechain_tail_ess(SEXP draws, SEXP dims) {
  return entry([&]() -> SEXP { return of_parameters(draws, dims, core::tail_ess); });
}

}  // namespace livechain::glue
