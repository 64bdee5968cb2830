// Entries that judge draws [step, walker, parameter].
#include "glue/entry.h"

#include "core/autocorr.h"
#include "core/convergence.h"

#include <algorithm>
#include <array>
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

// A matrix [3, parameter] of R-hat over walkers, bulk and tail effective sample size.
extern "C" SEXP livechain_convergence(SEXP draws, SEXP dims) {
  return entry([&]() -> SEXP {
    std::vector<core::Convergence> of;
    of_parameters(draws, dims, [&of](const core::Series& series) {
      of.push_back(core::convergence(series));
      return of.back().rhat;
    });
    Rcpp::NumericMatrix result(3, static_cast<int>(of.size()));
    for (std::size_t p = 0; p < of.size(); ++p) {
      const auto [rhat, bulk, tail] = of[p];
      std::copy_n(std::array{rhat, bulk, tail}.begin(), 3, result.column(static_cast<int>(p)).begin());
    }
    return result;
  });
}

}  // namespace livechain::glue
