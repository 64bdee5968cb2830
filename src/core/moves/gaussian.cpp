#include "core/moves/gaussian.h"

#include <algorithm>
#include <cmath>

namespace livechain::core {

void GaussianMove::begin_update(const Ensemble& ensemble, const Split&, const Moment& moment) {
  next_ = static_cast<Eigen::Index>(moment.step % static_cast<std::uint64_t>(ensemble.n_parameters()));
  scale_ = std::exp(log_factor_ * (2.0 * moment.shared(Purpose::scale).uniform() - 1.0));
}

double GaussianMove::propose(const Ensemble& ensemble, const Split&, Eigen::Index walker, Stream& draws,
                             Position proposed) {
  Eigen::VectorXd normal(proposed.size());
  std::generate_n(normal.data(), normal.size(), [&] { return scale_ * draws.normal(); });
  Eigen::RowVectorXd step = (root_ * normal).transpose();
  if (mode_ != Mode::vector) {
    const auto drawn = static_cast<Eigen::Index>(draws.below(static_cast<std::size_t>(step.size())));
    const Eigen::Index kept = mode_ == Mode::random ? drawn : next_;
    const double change = step[kept];
    step.setZero();
    step[kept] = change;
  }
  proposed = ensemble.positions.row(walker) + step;
  return 0.0;
}

}  // namespace livechain::core
