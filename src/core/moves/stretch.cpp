#include "core/moves/stretch.h"

#include <cmath>

namespace livechain::core {

void StretchMove::propose(const Ensemble& ensemble, const Split& split, const Moment& moment,
                          Proposal proposal) {
  const double dimensions = static_cast<double>(ensemble.n_parameters());
  for (std::size_t i = 0; i < split.active.size(); ++i) {
    const Eigen::Index walker = split.active[i];
    Stream draws = moment.proposal(walker);
    const double root = (a_ - 1.0) * draws.uniform() + 1.0;
    const double z = root * root / a_;
    const Eigen::Index helper = split.helpers[draws.below(split.helpers.size())];

    const auto row = static_cast<Eigen::Index>(i);
    proposal.positions.row(row) =
        ensemble.positions.row(helper) +
        z * (ensemble.positions.row(walker) - ensemble.positions.row(helper));
    proposal.log_factors[row] = (dimensions - 1.0) * std::log(z);
  }
}

}  // namespace livechain::core
