// Positions that the density evaluates in one call, and what it returned.
#pragma once

#include "core/walkers.h"

#include <algorithm>

namespace livechain::core {

struct Batch {
  std::vector<double> positions;  // row by row
  std::vector<Index> walkers;     // of the rows
  std::vector<double> log_prob;
  std::vector<std::byte> blobs;
  Index n = 0;
  Index n_parameters = 0;
  std::size_t blob_size = 0;

  void resize(Index rows, Index parameters, std::size_t blob_bytes) {
    n = rows;
    n_parameters = parameters;
    const auto size = static_cast<std::size_t>(rows);
    positions.resize(size * static_cast<std::size_t>(parameters));
    walkers.resize(size);
    log_prob.resize(size);
    set_blob_size(blob_bytes);
  }

  void set_blob_size(std::size_t bytes) {
    blob_size = bytes;
    blobs.resize(static_cast<std::size_t>(n) * bytes);
  }

  double* position(Index row) { return positions.data() + offset(row) * static_cast<std::size_t>(n_parameters); }
  const double* position(Index row) const { return positions.data() + offset(row) * static_cast<std::size_t>(n_parameters); }
  std::byte* blob(Index row) { return blobs.data() + offset(row) * blob_size; }
  const std::byte* blob(Index row) const { return blobs.data() + offset(row) * blob_size; }
  Index walker(Index row) const { return walkers[offset(row)]; }

  // What stands in a row of another batch.
  void take_position(Index row, const Batch& from, Index from_row) {
    walkers[offset(row)] = from.walker(from_row);
    std::copy_n(from.position(from_row), n_parameters, position(row));
  }
  void take_result(Index row, const Batch& from, Index from_row) {
    log_prob[offset(row)] = from.log_prob[offset(from_row)];
    std::copy_n(from.blob(from_row), blob_size, blob(row));
  }

 private:
  static std::size_t offset(Index row) { return static_cast<std::size_t>(row); }
};

}  // namespace livechain::core
