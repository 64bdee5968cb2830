#include "core/cholesky.h"

#include <Eigen/Cholesky>

namespace livechain::core {

std::optional<Eigen::MatrixXd> cholesky_root(const Eigen::MatrixXd& covariance) {
  constexpr double least_share = 1e-7;  // of a standard deviation that the parameters before do not explain
  const Eigen::LLT<Eigen::MatrixXd> decomposition(covariance);
  if (decomposition.info() != Eigen::Success) return std::nullopt;
  const Eigen::MatrixXd root = decomposition.matrixL();
  const bool sound = (root.diagonal().array() > least_share * covariance.diagonal().array().sqrt()).all();
  if (!sound || !root.allFinite()) return std::nullopt;
  return root;
}

}  // namespace livechain::core
