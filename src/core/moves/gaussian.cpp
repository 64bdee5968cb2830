#include "core/moves/gaussian.h"

#include <cmath>

namespace livechain::core {

void GaussianMove::propose(const Ensemble& ensemble, const Split& split, const Moment& moment,
                           Proposal proposal) {
  const Eigen::Index dimensions = ensemble.n_parameters();
  const auto sequential = static_cast<Eigen::Index>(moment.step % static_cast<std::uint64_t>(dimensions));
  const double scale =
      std::exp(log_factor_ * (2.0 * moment.shared(Purpose::scale).uniform() - 1.0));
  Eigen::VectorXd normal(dimensions);
  for (std::size_t i = 0; i < split.active.size(); ++i) {
    const Eigen::Index walker = split.active[i];
    Stream& draws = proposal.draws[i];
    for (Eigen::Index p = 0; p < dimensions; ++p) normal[p] = scale * draws.normal();
    Eigen::RowVectorXd step = (root_ * normal).transpose();
    if (mode_ != Mode::vector) {
      const auto drawn = static_cast<Eigen::Index>(draws.below(static_cast<std::size_t>(dimensions)));
      const Eigen::Index kept = mode_ == Mode::random ? drawn : sequential;
      const double change = step[kept];
      step.setZero();
      step[kept] = change;
    }

    const auto row = static_cast<Eigen::Index>(i);
    proposal.positions.row(row) = ensemble.positions.row(walker) + step;
    proposal.log_factors[row] = 0.0;
  }
}

}  // namespace livechain::core
