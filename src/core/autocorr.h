// Integrated autocorrelation time, as emcee estimates it.
#pragma once

#include <cstddef>

namespace livechain::core {

// Time of the mean over walkers of their autocorrelation functions, cut off at Sokal's window: the first
// lag that is at least `c` times the time up to it. `series` is [step, walker] with steps contiguous.
double autocorr_time(const double* series, std::size_t n_steps, std::size_t n_walkers, double c);

}  // namespace livechain::core
