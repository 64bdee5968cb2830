// A run of format 2 as it stands in its file, without HDF5.
#pragma once

#include "store/layout.h"
#include "store/places.h"

#include <optional>
#include <string>

namespace livechain::store {

struct PlacedRun {
  Layout layout;
  Descriptor file;
  Places places;
};

// Nothing when the run is not where it says: another program copied it. Throws hdf5::Failure.
std::optional<PlacedRun> open_placed(hid_t file, const std::string& path, const std::string& name);

}  // namespace livechain::store
