#include "core/moves/stretch.h"

#include <cmath>

namespace livechain::core {

void StretchMove::propose(const Ensemble& ensemble, const Split& split, const Moment&,
                          Proposal proposal) {
  const Eigen::Index n_parameters = ensemble.n_parameters();
  for (std::size_t i = 0; i < split.active.size(); ++i) {
    const Eigen::Index walker = split.active[i];
    Stream& draws = proposal.draws[i];
    const double root = (a_ - 1.0) * draws.uniform() + 1.0;
    const double z = root * root / a_;
    const Eigen::Index helper = split.helpers[draws.below(split.helpers.size())];

    const auto row = static_cast<Eigen::Index>(i);
    const double* x = ensemble.positions.row(walker).data();
    const double* c = ensemble.positions.row(helper).data();
    double* proposed = proposal.positions.row(row).data();
    for (Eigen::Index p = 0; p < n_parameters; ++p) proposed[p] = c[p] + z * (x[p] - c[p]);
    proposal.log_factors[row] = static_cast<double>(n_parameters - 1) * std::log(z);
  }
}

}  // namespace livechain::core
