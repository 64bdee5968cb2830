#include "glue/metropolis.h"

#include <algorithm>

namespace livechain::glue {

// The function makes all proposals of an update at once.
void MetropolisMove::propose(const core::Part& part, const core::Proposals& to) {
  const int n = part.n_active;
  const int d = part.n_parameters();
  Rcpp::NumericMatrix from(n, d);
  for (int i = 0; i < n; ++i) std::copy_n(part.position(i), d, from.row(i).begin());
  const int seed = part.stream(core::Purpose::seed).below(std::numeric_limits<int>::max());
  const Rcpp::List result = propose_(from, seed);
  const Rcpp::NumericMatrix positions(static_cast<SEXP>(result["positions"]));
  const Rcpp::NumericVector log_ratio(static_cast<SEXP>(result["log_ratio"]));
  for (int i = 0; i < n; ++i) {
    for (int p = 0; p < d; ++p) to.positions[static_cast<std::size_t>(i) * d + p] = positions(i, p);
    to.log_factor[i] = log_ratio[i];
  }
}

}  // namespace livechain::glue
