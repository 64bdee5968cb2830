// What of a run can be gone on with: the steps that are what was written, and what is known after the last of them.
#pragma once

#include "store/placed_run.h"

namespace livechain::store {

struct Salvage {
  Progress progress;             // where
  std::int64_t n_published = 0;  // steps that were published
  std::int64_t n_right = 0;      // steps, from the first on, that are what was written
};
Salvage salvage(const PlacedRun& run);

// What was counted and learnt after a step, where that is stored.
std::optional<Tally> state_after(const Layout& layout, const Descriptor& file, const Places& places, std::int64_t step);

}  // namespace livechain::store
