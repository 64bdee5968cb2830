// Where the chunks of a dataset stand in the file.
#pragma once

#include "hdf5/handle.h"

#include <vector>

namespace livechain::hdf5 {

// Consecutive chunks, the first of which is number `first`, one after the other from `address` on.
struct Extent {
  hsize_t first = 0;
  hsize_t n = 0;
  haddr_t address = 0;
};

// Of the chunks from `first` on, `n` of them, of a dataset without a filter that is one chunk wide. The library looks
// a chunk up by walking through all, so it is asked for few: those at the ends of what is contiguous. Throws Failure
// when one of them was never allocated.
std::vector<Extent> extents_of(hid_t dataset, hsize_t first, hsize_t n);

// Where one chunk stands, and in how many bytes.
struct StoredChunk {
  haddr_t address = 0;
  hsize_t bytes = 0;
  unsigned filter_mask = 0;
};
StoredChunk stored_chunk(hid_t dataset, hsize_t number);

// Whether it was allocated. This look-up walks through nothing.
bool has_chunk(hid_t dataset, hsize_t number);

}  // namespace livechain::hdf5
