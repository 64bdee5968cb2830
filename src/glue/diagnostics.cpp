// Entries that judge draws [step, walker, parameter].
#include "glue/entry.h"

#include "core/autocorr.h"
#include "core/convergence.h"
#include "store/system/thread.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>
#include <vector>

namespace livechain::glue {

namespace {

// Has `judge` told of each parameter's draws: of two at a time, where there is much to be told.
template <class Judge>
void of_parameters(SEXP draws, SEXP dims, Judge judge) {
  constexpr std::size_t much = 100000;
  const Rcpp::NumericVector values(draws);
  const auto shape = Rcpp::as<std::vector<double>>(dims);
  const auto n_parameters = static_cast<std::size_t>(shape[2]);
  const core::Series first{values.begin(), static_cast<std::size_t>(shape[0]), static_cast<std::size_t>(shape[1])};
  const auto judge_one = [&](std::size_t p) {
    judge(p, core::Series{first.values + p * first.size(), first.n_steps, first.n_chains});
  };
  std::exception_ptr failure;
  std::optional<store::Helper> helper;
  if (n_parameters > 1 && first.size() >= much) helper.emplace();
  for (std::size_t p = 0; p < n_parameters; ++p) {
    if (helper && p + 1 < n_parameters) {
      helper->begin([&, p] {
        try {
          judge_one(p);
        } catch (...) {
          failure = std::current_exception();
        }
      });
      ++p;
    }
    judge_one(p);
    if (helper) helper->wait();
    if (failure) std::rethrow_exception(failure);
    Rcpp::checkUserInterrupt();
  }
}

template <class Judge>
Rcpp::NumericVector number_of_parameters(SEXP draws, SEXP dims, Judge judge) {
  std::vector<double> numbers(static_cast<std::size_t>(Rcpp::as<std::vector<double>>(dims)[2]));
  of_parameters(draws, dims, [&](std::size_t p, const core::Series& series) { numbers[p] = judge(series); });
  return Rcpp::NumericVector(numbers.begin(), numbers.end());
}

}  // namespace

extern "C" SEXP livechain_autocorr_time(SEXP draws, SEXP dims, SEXP c, SEXP pooled) {
  return entry([&]() -> SEXP {
    const core::Center center = Rcpp::as<bool>(pooled) ? core::Center::pooled : core::Center::walker;
    const auto window = Rcpp::as<double>(c);
    return number_of_parameters(
        draws, dims, [=](const core::Series& series) { return core::autocorr_time(series, window, center); });
  });
}

// Over walkers, or, when there are several ensembles of them, over ensembles.
extern "C" SEXP livechain_rhat(SEXP draws, SEXP dims, SEXP n_ensembles) {
  return entry([&]() -> SEXP {
    const auto n = static_cast<std::size_t>(Rcpp::as<double>(n_ensembles));
    return number_of_parameters(draws, dims, [n](const core::Series& series) {
      return n > 1 ? core::nested_rhat(series, n) : core::rhat(series);
    });
  });
}

// A matrix with a row for each parameter: mean, sd, R-hat, bulk and tail effective sample size, and the quantiles.
extern "C" SEXP livechain_summarise(SEXP draws, SEXP dims, SEXP probabilities, SEXP n_ensembles) {
  return entry([&]() -> SEXP {
    const auto n = static_cast<std::size_t>(Rcpp::as<double>(n_ensembles));
    const auto at = Rcpp::as<std::vector<double>>(probabilities);
    std::vector<core::Summary> summaries(static_cast<std::size_t>(Rcpp::as<std::vector<double>>(dims)[2]));
    of_parameters(draws, dims, [&](std::size_t p, const core::Series& series) {
      summaries[p] = core::summarise(series, at, n);
    });
    Rcpp::NumericMatrix result(static_cast<int>(summaries.size()), static_cast<int>(5 + at.size()));
    for (std::size_t p = 0; p < summaries.size(); ++p) {
      const core::Summary& of = summaries[p];
      std::vector<double> row{of.mean, of.sd, of.rhat, of.bulk_ess, of.tail_ess};
      row.insert(row.end(), of.quantiles.begin(), of.quantiles.end());
      std::replace_if(row.begin(), row.end(), [](double value) { return std::isnan(value); }, NA_REAL);
      std::copy(row.begin(), row.end(), result.row(static_cast<int>(p)).begin());
    }
    return result;
  });
}

}  // namespace livechain::glue
