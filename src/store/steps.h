// Steps in memory, in the order of the file, and whether they are what was written.
#pragma once

#include "core/walkers.h"
#include "store/emcee.h"
#include "store/places.h"
#include "store/shape.h"
#include "store/system/descriptor.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace livechain::store {

struct StepBlock {
  hsize_t n = 0;
  std::vector<double> chain;     // [step, walker, parameter]
  std::vector<double> log_prob;  // [step, walker]
  std::vector<std::byte> blobs;  // [step, walker] records
  std::vector<std::uint64_t> checksums;

  void resize(const Shape& shape, hsize_t n_steps);
  void clear();
};

// One step, or none.
Steps steps_of(const std::optional<core::Snapshot>& state);

// A step more at the end of a block.
void append_row(StepBlock& block, const StepBlock& from, hsize_t i, const Shape& shape);

// The rows of a block, to be filled.
core::Block rows_of(StepBlock& block, hsize_t first, hsize_t n, const Shape& shape);

// The checksum of the step in row `i` of the block, which is step number `step` of the run, counted from 1.
std::uint64_t checksum_of(const StepBlock& block, hsize_t i, const Shape& shape, std::uint64_t identity, std::uint64_t step);

// How many steps of the block, from its first on, are what was written.
hsize_t count_right(const StepBlock& block, const Rows& rows, const Shape& shape, std::uint64_t identity);

// Rows of `part` from `first` on, read without HDF5. Returns how many of them there are.
hsize_t read_rows(const Descriptor& file, const Places& places, const Shape& shape, Part part, hsize_t first, hsize_t n,
                  void* rows);
// The same for every stride-th.
hsize_t read_rows(const Descriptor& file, const Places& places, const Shape& shape, Part part, const Rows& wanted, void* rows);

// Throws Error `io` when they have no place.
void write_rows(const Descriptor& file, const Places& places, const Shape& shape, Part part, hsize_t first, hsize_t n,
                const void* rows);

}  // namespace livechain::store
