#include "core/moves/stretch.h"

#include <cmath>

namespace livechain::core {

double StretchMove::propose(const Ensemble& ensemble, const Split& split, Eigen::Index walker, Stream& draws,
                            Position proposed) {
  const double root = (a_ - 1.0) * draws.uniform() + 1.0;
  const double z = root * root / a_;
  const Eigen::Index helper = split.helpers[draws.below(split.helpers.size())];
  const double* x = ensemble.positions.row(walker).data();
  const double* c = ensemble.positions.row(helper).data();
  for (Eigen::Index p = 0; p < proposed.size(); ++p) proposed[p] = c[p] + z * (x[p] - c[p]);
  return static_cast<double>(proposed.size() - 1) * std::log(z);
}

}  // namespace livechain::core
