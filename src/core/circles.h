// Parameters on circles, such as angles: positions there are from 0 to the period, and the difference of two is that of the
// shortest way. Loops are compiled twice, with from() as a difference on a line and on circles.
#pragma once

#include "core/move.h"
#include "core/wide.h"

namespace livechain::core {

// To the nearest whole number, without a branch. For |x| below 2^51.
inline double rounded(double x) { return x + 0x1.8p52 - 0x1.8p52; }

struct OnLines {
  static double from(double origin, double x, Index) { return x - origin; }
  static double near(double, double x, Index) { return x; }
  static constexpr bool is_far(double, Index) { return false; }
};

// `period` of each parameter, and how often it goes into 1; both 0 on a line.
struct OnCircles {
  const double* period;
  const double* frequency;

  double from(double origin, double x, Index p) const {
    const double difference = x - origin;
    return difference - period[p] * rounded(difference * frequency[p]);
  }

  // Where x is, as seen from the origin.
  double near(double origin, double x, Index p) const { return origin + from(origin, x, p); }

  // Whether a step is so long that from() would find another, shorter one.
  bool is_far(double step, Index p) const { return std::abs(step) * frequency[p] > 0.5; }
};

struct Circles {
  std::vector<double> period, frequency;

  explicit Circles(std::vector<double> periods);
  OnCircles space() const { return {period.data(), frequency.data()}; }
};

// Calls f with the space in which the walkers are.
template <class F>
inline void with_space(const Walkers& walkers, const F& f) {
  walkers.circles != nullptr ? f(walkers.circles->space()) : f(OnLines());
}

// Walkers whose circles are cut open opposite to where some of them are in the mean, so that what is learnt of those, such as
// a covariance, can be learnt as on lines. On lines, as they are.
class Unrolled {
 public:
  // Valid until the next call.
  const Walkers& of(const Walkers& walkers, const Index* which, Index n);

  // Whether a position, seen from there, is beyond the cuts of circles.
  bool is_outside(const double* position) const;

 private:
  Walkers walkers_;
  std::vector<double> positions_, centre_;
};

}  // namespace livechain::core
