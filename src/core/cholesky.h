// The root of a covariance, when it has one.
#pragma once

#include <Eigen/Core>

#include <optional>

namespace livechain::core {

// The lower triangular root; nothing when the covariance is not positive definite, or so nearly not that the root would
// be noise: of few or coinciding positions, or of ones that are not finite.
std::optional<Eigen::MatrixXd> cholesky_root(const Eigen::MatrixXd& covariance);

}  // namespace livechain::core
