// Integrated autocorrelation time.
#pragma once

#include "core/autocovariance.h"

namespace livechain::core {

// What deviations are taken from: each walker's own mean, as in emcee, or the mean of all draws. Only the latter
// sees that walkers stay in different places.
enum class Center { walker, pooled };

// Time of the mean over walkers of their autocorrelation functions, cut off at Sokal's window: the first
// lag that is at least `c` times the time up to it. NaN where nothing moves. Pooled, it is at least one over the logarithm (of
// base 10) of the number of draws.
double autocorr_time(const Series& series, double c, Center center);

}  // namespace livechain::core
