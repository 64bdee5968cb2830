// Where walkers live: in the rows of the chain that will be stored.
#pragma once

#include "core/rounding.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace livechain::core {

using Index = std::int32_t;  // of a walker: half as wide as a double, as vector instructions like it

// What is counted and learnt from the run's beginning on, as it is after a step.
struct Tally {
  std::vector<std::int64_t> accepted;  // proposals, of each walker
  std::int64_t n_nan = 0;              // log-probabilities that were NaN and counted as -Inf
  std::vector<double> memory;          // what the moves have learnt
};

// What a run is after a step.
struct Snapshot {
  std::vector<double> positions;  // [walker, parameter]
  std::vector<double> log_prob;
  std::vector<std::byte> blobs;  // a record for each walker
  Tally tally;

  Index n_walkers() const { return static_cast<Index>(log_prob.size()); }
  Index n_parameters() const { return static_cast<Index>(positions.size() / log_prob.size()); }
  std::size_t blob_size() const { return blobs.size() / log_prob.size(); }
};

// Steps one after the other: [step, walker, parameter], [step, walker], and a record of blobs for each walker.
struct Block {
  double* positions = nullptr;
  double* log_prob = nullptr;
  std::byte* blobs = nullptr;
  std::size_t n_steps = 0;  // for which there is room
};

struct Circles;

// All walkers of a run, in the row that is being written.
struct Walkers {
  Index n = 0;
  Index n_parameters = 0;
  std::size_t blob_size = 0;
  double* positions = nullptr;
  double* log_prob = nullptr;
  std::byte* blobs = nullptr;
  std::int64_t* accepted = nullptr;
  const Circles* circles = nullptr;  // on which parameters are, when some are

  std::size_t n_positions() const { return static_cast<std::size_t>(n) * static_cast<std::size_t>(n_parameters); }
  std::size_t n_blob_bytes() const { return static_cast<std::size_t>(n) * blob_size; }
  double* position(Index walker) const {
    return positions + static_cast<std::size_t>(walker) * static_cast<std::size_t>(n_parameters);
  }
  std::byte* blob(Index walker) const { return blobs + static_cast<std::size_t>(walker) * blob_size; }
};

}  // namespace livechain::core
