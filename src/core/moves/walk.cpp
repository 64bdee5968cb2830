#include "core/moves/walk.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace livechain::core {

double WalkMove::propose(const Ensemble& ensemble, const Split& split, Eigen::Index walker, Stream& draws,
                         Position proposed) {
  const std::size_t n_all = split.helpers.size();
  const std::size_t n = n_helpers_ == 0 ? n_all : std::min(n_helpers_, n_all);
  chosen_ = split.helpers;
  if (n < n_all) {
    for (std::size_t k = 0; k < n; ++k) std::swap(chosen_[k], chosen_[k + draws.below(n_all - k)]);
  }
  Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(ensemble.n_parameters());
  for (std::size_t k = 0; k < n; ++k) mean += ensemble.positions.row(chosen_[k]);
  mean /= static_cast<double>(n);

  const double scale = 1.0 / std::sqrt(static_cast<double>(n));
  proposed = ensemble.positions.row(walker);
  for (std::size_t k = 0; k < n; ++k) {
    proposed += scale * draws.normal() * (ensemble.positions.row(chosen_[k]) - mean);
  }
  return 0.0;
}

}  // namespace livechain::core
