// Compressed chunks that are read by their addresses, and unpacked by HDF5 in memory.
#pragma once

#include "store/layout.h"
#include "store/steps.h"

#include <memory>

namespace livechain::store {

// Where the chunks of one number stand: a row of the dataset `chunks`.
struct ChunkPlaces {
  struct Place {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
  };
  Place chain, log_prob, blobs;
};
Cells cells_of(const ChunkPlaces& places);

// Of one run. On the main thread only, as HDF5 is.
class Unpacker {
 public:
  explicit Unpacker(const Shape& shape);
  ~Unpacker();

  // All steps of a chunk; false when they are not there.
  bool read(const Descriptor& file, const Places& places, const Layout& layout, hsize_t chunk, StepBlock& steps);

 private:
  struct Scratch;

  const Shape shape_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace livechain::store
