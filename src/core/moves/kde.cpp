#include "core/moves/kde.h"

#include <Eigen/Cholesky>

#include <cmath>

namespace livechain::core {

namespace {

// The kernels of the estimate, in coordinates in which each is a standard normal density.
class Kernels {
 public:
  Kernels(const Ensemble& ensemble, const std::vector<Eigen::Index>& helpers, double bandwidth) {
    Positions centres(static_cast<Eigen::Index>(helpers.size()), ensemble.n_parameters());
    for (Eigen::Index i = 0; i < centres.rows(); ++i) {
      centres.row(i) = ensemble.positions.row(helpers[static_cast<std::size_t>(i)]);
    }
    const Eigen::RowVectorXd mean = centres.colwise().mean();
    const Eigen::MatrixXd centred = centres.rowwise() - mean;
    const Eigen::MatrixXd covariance =
        centred.transpose() * centred / static_cast<double>(centres.rows() - 1);
    root_ = bandwidth * Eigen::MatrixXd(covariance.llt().matrixL());
    whitened_ = whiten(centres.transpose());
  }

  const Eigen::MatrixXd& root() const { return root_; }

  // Up to a constant.
  double log_density(const Eigen::VectorXd& position) const {
    const Eigen::VectorXd point = whiten(position);
    const Eigen::ArrayXd exponents =
        -0.5 * (whitened_.colwise() - point).colwise().squaredNorm().transpose().array();
    const double largest = exponents.maxCoeff();
    return largest + std::log((exponents - largest).exp().sum());
  }

 private:
  Eigen::MatrixXd whiten(const Eigen::MatrixXd& columns) const {
    return root_.triangularView<Eigen::Lower>().solve(columns);
  }

  Eigen::MatrixXd root_;
  Eigen::MatrixXd whitened_;
};

}  // namespace

double KdeMove::bandwidth(double n, double dimensions) const {
  switch (rule_) {
    case Bandwidth::scott: return std::pow(n, -1.0 / (dimensions + 4.0));
    case Bandwidth::silverman: return std::pow(n * (dimensions + 2.0) / 4.0, -1.0 / (dimensions + 4.0));
    case Bandwidth::fixed: break;
  }
  return factor_;
}

void KdeMove::propose(const Ensemble& ensemble, const Split& split, const Moment&,
                      Proposal proposal) {
  const Eigen::Index dimensions = ensemble.n_parameters();
  const double width =
      bandwidth(static_cast<double>(split.helpers.size()), static_cast<double>(dimensions));
  const Kernels kernels(ensemble, split.helpers, width);
  Eigen::VectorXd normal(dimensions);
  for (std::size_t i = 0; i < split.active.size(); ++i) {
    const Eigen::Index walker = split.active[i];
    Stream& draws = proposal.draws[i];
    const Eigen::Index centre = split.helpers[draws.below(split.helpers.size())];
    for (Eigen::Index p = 0; p < dimensions; ++p) normal[p] = draws.normal();

    const auto row = static_cast<Eigen::Index>(i);
    proposal.positions.row(row) =
        ensemble.positions.row(centre) + (kernels.root() * normal).transpose();
    proposal.log_factors[row] = kernels.log_density(ensemble.positions.row(walker).transpose()) -
                                kernels.log_density(proposal.positions.row(row).transpose());
  }
}

}  // namespace livechain::core
