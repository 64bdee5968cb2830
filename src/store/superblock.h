// What the first bytes of a file tell.
#pragma once

#include <string>

namespace livechain::store {

enum class FileState {
  other,     // not HDF5
  old,       // HDF5 that knows no SWMR
  closed,    // SWMR can be used, and no writer has it or left it open
  cut,       // closed, but shorter than when it was closed
  unclosed,  // a plain writer has it, or died with it
  swmr       // a SWMR writer has it, or died with it
};

// Throws Error.
FileState state_of(const std::string& path);

// Whether it is longer than when it was closed: its first bytes are older than the rest, which HDF5 would cut off when it
// closes the file again.
bool is_longer_than_closed(const std::string& path);

}  // namespace livechain::store
