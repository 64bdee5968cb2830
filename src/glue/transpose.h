// From the order of the file, a step a row, to R's, where the steps of one value stand together.
#pragma once

#include <algorithm>
#include <cstddef>

namespace livechain::glue {

// `rows` holds `n` steps of [walker, parameter], with `n_stored` parameters in all; `array` is [step, walker, parameter] in R's order, with
// `stride` steps in all. Runs of 16 steps keep both sides in the cache.
inline void transpose(const double* rows, std::size_t n, std::size_t n_walkers, std::size_t n_parameters,
                      std::size_t n_stored, double* array, std::size_t stride) {
  constexpr std::size_t run = 16;
  const std::size_t width = n_walkers * n_stored;
  for (std::size_t first = 0; first < n; first += run) {
    const std::size_t last = std::min(first + run, n);
    for (std::size_t w = 0; w < n_walkers; ++w) {
      for (std::size_t p = 0; p < n_parameters; ++p) {
        const double* value = rows + w * n_stored + p;
        double* column = array + (p * n_walkers + w) * stride;
        for (std::size_t t = first; t < last; ++t) column[t] = value[t * width];
      }
    }
  }
}

}  // namespace livechain::glue
