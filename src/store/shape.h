// How large the rows of a run are, and how they stand in chunks.
#pragma once

#include "store/blob_type.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace livechain::store {

// What grows while a run is written. Of a compressed run HDF5 writes the first three, in whole chunks, and `chunks`
// tells where.
enum class Part { chain, log_prob, blobs, checksum, states, chunks };
constexpr std::size_t n_parts = 6;

struct Shape {
  hsize_t n_walkers = 0;
  hsize_t n_parameters = 0;
  BlobType blobs;
  hsize_t n_memory = 0;         // numbers that the moves remember
  int deflate = 0;              // level of compression
  hsize_t steps_per_chunk = 1;
  hsize_t state_interval = 1;   // steps from one stored state of the counts to the next

  std::size_t chain_bytes() const { return n_walkers * n_parameters * sizeof(double); }  // of a step
  std::size_t log_prob_bytes() const { return n_walkers * sizeof(double); }
  std::size_t blob_bytes() const { return n_walkers * blobs.size(); }
  std::size_t step_bytes() const { return chain_bytes() + log_prob_bytes() + blob_bytes() + sizeof(std::uint64_t); }

  // Of a stored state: step, NaNs, accepted proposals, memory, and the checksum.
  std::size_t state_cells() const { return 2 + n_walkers + n_memory; }

  std::size_t row_bytes(Part part) const;
  hsize_t rows_per_chunk(Part part) const;
  std::size_t chunk_bytes(Part part) const { return row_bytes(part) * rows_per_chunk(part); }

  bool is_compressed() const { return deflate > 0; }
  bool is_plain(Part part) const;  // whether the run has it, and its rows are written without HDF5

  // Chooses how many steps a chunk holds, for a run of about `target` steps: enough to be read fast, few enough that the
  // unused rest of the last one is next to nothing beside the whole run.
  void choose_chunks(std::int64_t target);
};

}  // namespace livechain::store
