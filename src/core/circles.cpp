#include "core/circles.h"

#include <cmath>

namespace livechain::core {

namespace {

// In full turns. Not an angle, which is a function of libraries that round in different ways, but at most 4 degrees from it.
double direction_of(double x, double y) {
  const double size = std::abs(x) + std::abs(y);
  if (size == 0) return 0;
  const double quarters = x < 0 ? 2 - y / size : y / size;
  return 0.25 * quarters;
}

double mean_direction(const Walkers& walkers, const Index* which, Index n, Index p, double period) {
  Turn sum{0, 0};
  wide([=, to = &sum] {
    for (Index i = 0; i < n; ++i) {
      const Turn at = turn(walkers.position(which[i])[p] / period);
      to->cosine += at.cosine;
      to->sine += at.sine;
    }
  });
  return period * direction_of(sum.cosine, sum.sine);
}

}  // namespace

Circles::Circles(std::vector<double> periods) : period(std::move(periods)), frequency(period.size()) {
  for (std::size_t p = 0; p < period.size(); ++p) frequency[p] = period[p] > 0 ? 1 / period[p] : 0;
}

const Walkers& Unrolled::of(const Walkers& walkers, const Index* which, Index n) {
  walkers_ = walkers;
  if (walkers.circles == nullptr) return walkers_;
  const OnCircles space = walkers.circles->space();
  positions_.assign(walkers.positions, walkers.positions + walkers.n_positions());
  centre_.assign(static_cast<std::size_t>(walkers.n_parameters), 0);
  for (Index p = 0; p < walkers.n_parameters; ++p) {
    if (space.period[p] > 0) centre_[static_cast<std::size_t>(p)] = mean_direction(walkers, which, n, p, space.period[p]);
  }
  walkers_.positions = positions_.data();
  wide([=, n_walkers = walkers.n, d = walkers.n_parameters, x = positions_.data(), centre = centre_.data()] {
    for (Index i = 0; i < n_walkers; ++i) {
      for (Index p = 0; p < d; ++p) {
        double& at = x[static_cast<std::size_t>(i) * d + p];
        at = space.near(centre[p], at, p);
      }
    }
  });
  return walkers_;
}

bool Unrolled::is_outside(const double* position) const {
  const OnCircles space = walkers_.circles->space();
  bool outside = false;
  for (Index p = 0; p < walkers_.n_parameters; ++p) outside |= space.is_far(position[p] - centre_[static_cast<std::size_t>(p)], p);
  return outside;
}

}  // namespace livechain::core
