// What the first format of livechain stored of a run: as format 2, without checksums, and with its moves as texts. Its runs are
// read, and laid out anew when they are continued.
#pragma once

#include "store/facts.h"
#include "store/layout.h"
#include "store/progress.h"

namespace livechain::store {

struct Format1 {
  Facts facts;
  std::optional<Snapshot> start;
  hdf5::Dataset progress;

  // What another program added to a run after we closed it counts.
  Progress newest(const EmceeRun& run) const;
};

Format1 open_format1(const EmceeRun& run);

}  // namespace livechain::store
