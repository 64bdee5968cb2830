#include "glue/metropolis.h"

namespace livechain::glue {

void MetropolisMove::begin_update(const core::Ensemble& ensemble, const core::Split& split,
                                  const core::Moment& moment) {
  const auto n = static_cast<Eigen::Index>(split.active.size());
  const Eigen::Index d = ensemble.n_parameters();
  Rcpp::NumericMatrix from(static_cast<int>(n), static_cast<int>(d));
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index p = 0; p < d; ++p) {
      from(static_cast<int>(i), static_cast<int>(p)) =
          ensemble.positions(split.active[static_cast<std::size_t>(i)], p);
    }
  }
  const auto seed = static_cast<int>(moment.shared(core::Purpose::seed).below(1U << 31));
  const Rcpp::List result = propose_(from, seed);
  const Rcpp::NumericMatrix to(static_cast<SEXP>(result["positions"]));
  const Rcpp::NumericVector log_ratio(static_cast<SEXP>(result["log_ratio"]));
  positions_ = Eigen::Map<const Eigen::MatrixXd>(to.begin(), n, d);
  log_ratios_ = Eigen::Map<const Eigen::VectorXd>(log_ratio.begin(), n);
  next_ = 0;
}

double MetropolisMove::propose(const core::Ensemble&, const core::Split&, Eigen::Index, core::Stream&,
                               Position proposed) {
  proposed = positions_.row(next_);
  return log_ratios_[next_++];
}

}  // namespace livechain::glue
