#include "core/moves/kde.h"

#include "core/cholesky.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace livechain::core {

KdeMove::Kernels::Kernels(const Ensemble& ensemble, const std::vector<Eigen::Index>& helpers, double bandwidth) {
  Positions centres(static_cast<Eigen::Index>(helpers.size()), ensemble.n_parameters());
  for (Eigen::Index i = 0; i < centres.rows(); ++i) {
    centres.row(i) = ensemble.positions.row(helpers[static_cast<std::size_t>(i)]);
  }
  const Eigen::RowVectorXd mean = centres.colwise().mean();
  const Eigen::MatrixXd centred = centres.rowwise() - mean;
  const Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(centres.rows() - 1);
  const Eigen::VectorXd deviations = covariance.diagonal().cwiseSqrt();
  exist_ = deviations.minCoeff() > 0 && deviations.allFinite();
  if (!exist_) return;
  // Where correlations cannot be estimated, kernels without any will do: of the helpers alone, they are as exact.
  root_ = bandwidth * cholesky_root(covariance).value_or(deviations.asDiagonal());
  whitened_ = whiten(centres.transpose());
}

double KdeMove::Kernels::log_density(const Eigen::VectorXd& position) const {
  const Eigen::VectorXd point = whiten(position);
  const Eigen::ArrayXd exponents =
      -0.5 * (whitened_.colwise() - point).colwise().squaredNorm().transpose().array();
  const double largest = exponents.maxCoeff();
  return largest + std::log((exponents - largest).exp().sum());
}

Eigen::MatrixXd KdeMove::Kernels::whiten(const Eigen::MatrixXd& columns) const {
  return root_.triangularView<Eigen::Lower>().solve(columns);
}

double KdeMove::bandwidth(double n, double dimensions) const {
  switch (rule_) {
    case Bandwidth::scott: return std::pow(n, -1.0 / (dimensions + 4.0));
    case Bandwidth::silverman: return std::pow(n * (dimensions + 2.0) / 4.0, -1.0 / (dimensions + 4.0));
    case Bandwidth::fixed: break;
  }
  return factor_;
}

void KdeMove::begin_update(const Ensemble& ensemble, const Split& split, const Moment&) {
  const auto n = static_cast<double>(split.helpers.size());
  kernels_ = Kernels(ensemble, split.helpers, bandwidth(n, static_cast<double>(ensemble.n_parameters())));
}

double KdeMove::propose(const Ensemble& ensemble, const Split& split, Eigen::Index walker, Stream& draws,
                        Position proposed) {
  if (!kernels_.exist()) {
    proposed = ensemble.positions.row(walker);
    return -std::numeric_limits<double>::infinity();
  }
  const Eigen::Index centre = split.helpers[draws.below(split.helpers.size())];
  Eigen::VectorXd normal(proposed.size());
  std::generate_n(normal.data(), normal.size(), [&] { return draws.normal(); });
  proposed = ensemble.positions.row(centre) + (kernels_.root() * normal).transpose();
  return kernels_.log_density(ensemble.positions.row(walker).transpose()) - kernels_.log_density(proposed.transpose());
}

}  // namespace livechain::core
