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

void DifferentialMove::propose(const Ensemble& ensemble, const Split& split, const Moment&,
                               Proposal proposal) {
  const auto dimensions = static_cast<double>(ensemble.n_parameters());
  const double gamma0 = gamma0_ > 0 ? gamma0_ : 2.38 / std::sqrt(2.0 * dimensions);
  for (std::size_t i = 0; i < split.active.size(); ++i) {
    const Eigen::Index walker = split.active[i];
    Stream& draws = proposal.draws[i];
    const auto [first, second] = draw_pair(split, draws);
    const double gamma = gamma0 * (1.0 + sigma_ * draws.normal());

    const auto row = static_cast<Eigen::Index>(i);
    proposal.positions.row(row) =
        ensemble.positions.row(walker) +
        gamma * (ensemble.positions.row(first) - ensemble.positions.row(second));
    proposal.log_factors[row] = 0.0;
  }
}

void SnookerMove::propose(const Ensemble& ensemble, const Split& split, const Moment&,
                          Proposal proposal) {
  const auto dimensions = static_cast<double>(ensemble.n_parameters());
  for (std::size_t i = 0; i < split.active.size(); ++i) {
    const Eigen::Index walker = split.active[i];
    Stream& draws = proposal.draws[i];
    const auto [first, second] = draw_pair(split, draws);
    Eigen::Index centre = first;
    while (centre == first || centre == second) centre = split.helpers[draws.below(split.helpers.size())];

    const auto row = static_cast<Eigen::Index>(i);
    const Eigen::RowVectorXd away = ensemble.positions.row(walker) - ensemble.positions.row(centre);
    const double distance = away.norm();
    if (distance == 0) {  // no line leads through walkers that coincide
      proposal.positions.row(row) = ensemble.positions.row(walker);
      proposal.log_factors[row] = -std::numeric_limits<double>::infinity();
      continue;
    }
    const Eigen::RowVectorXd unit = away / distance;
    const double jump =
        gamma_ * unit.dot(ensemble.positions.row(first) - ensemble.positions.row(second));
    proposal.positions.row(row) = ensemble.positions.row(walker) + jump * unit;
    proposal.log_factors[row] = (dimensions - 1.0) * std::log(std::abs(distance + jump) / distance);
  }
}

}  // namespace livechain::core
