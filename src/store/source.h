// Where the steps of a run are read from.
#pragma once

#include "store/compressed.h"
#include "store/emcee.h"
#include "store/layout.h"
#include "store/steps.h"

#include <memory>

namespace livechain::store {

class StepSource {
 public:
  virtual ~StepSource() = default;

  // Fills the block with those of the rows, from the first on, that are there and, where that can be known, are what was
  // written. Returns how many.
  virtual hsize_t read(const Rows& rows, StepBlock& block) = 0;

  // Whether several threads may read at once.
  virtual bool is_for_threads() const { return false; }
};

// As many steps, of every stride-th, as are read at once.
hsize_t steps_per_block(const Shape& shape, hsize_t stride);

// How many of the first `n_steps` steps, or of every stride-th of them, are what was written, from the first on.
hsize_t count_right(StepSource& source, const Shape& shape, hsize_t n_steps, hsize_t stride = 1);

// Rows of format 2, by their places in the file.
std::unique_ptr<StepSource> source_by_places(const Descriptor& file, const Places& places, const Layout& layout);

// Rows of any run, as HDF5 finds them. With a layout, those that have a checksum are verified.
std::unique_ptr<StepSource> source_by_library(const EmceeRun& run, const Layout* layout, const Growing* growing);

}  // namespace livechain::store
