#include "core/moves/differential.h"

#include <cmath>
#include <limits>

namespace livechain::core {

std::pair<Eigen::Index, Eigen::Index> draw_pair(const Split& split, Stream& draws) {
  const std::size_t first = draws.below(split.helpers.size());
  std::size_t second = draws.below(split.helpers.size() - 1);
  if (second >= first) ++second;
  return {split.helpers[first], split.helpers[second]};
}

double DifferentialMove::propose(const Ensemble& ensemble, const Split& split, Eigen::Index walker, Stream& draws,
                                 Position proposed) {
  const double gamma0 = gamma0_ > 0 ? gamma0_ : 2.38 / std::sqrt(2.0 * static_cast<double>(proposed.size()));
  const auto [first, second] = draw_pair(split, draws);
  const double gamma = gamma0 * (1.0 + sigma_ * draws.normal());
  proposed = ensemble.positions.row(walker) + gamma * (ensemble.positions.row(first) - ensemble.positions.row(second));
  return 0.0;
}

double SnookerMove::propose(const Ensemble& ensemble, const Split& split, Eigen::Index walker, Stream& draws,
                            Position proposed) {
  const auto [first, second] = draw_pair(split, draws);
  Eigen::Index centre = first;
  while (centre == first || centre == second) centre = split.helpers[draws.below(split.helpers.size())];

  const Eigen::RowVectorXd away = ensemble.positions.row(walker) - ensemble.positions.row(centre);
  const double distance = away.norm();
  if (distance == 0) {  // no line leads through walkers that coincide
    proposed = ensemble.positions.row(walker);
    return -std::numeric_limits<double>::infinity();
  }
  const Eigen::RowVectorXd unit = away / distance;
  const double jump = gamma_ * unit.dot(ensemble.positions.row(first) - ensemble.positions.row(second));
  proposed = ensemble.positions.row(walker) + jump * unit;
  return static_cast<double>(proposed.size() - 1) * std::log(std::abs(distance + jump) / distance);
}

}  // namespace livechain::core
