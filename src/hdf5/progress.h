// How far a run is: the one thing that a reader must never see half written.
//
// A small dataset holds the last four publications, each a row of int64 that begins and ends with its
// own number. (What the moves remember are doubles; their bits are stored.) The writer overwrites the
// oldest row; a reader takes the newest whose two numbers agree. A row that is being written, or that a
// dying writer left half written, is thus never believed, and the row before it is still there.
#pragma once

#include "hdf5/handle.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace livechain::hdf5 {

struct Progress {
  std::int64_t publication = 0;
  std::int64_t n_steps = 0;               // published
  std::int64_t target = 0;                // the number of steps at which the run is finished
  std::int64_t published_at = 0;          // microseconds since 1970
  std::int64_t session_started_at = 0;    // when the present or last writer took the file
  std::int64_t session_first_step = 0;    // and the steps that were there then
  std::int64_t recent_since = 0;          // a moment a few seconds before `published_at`
  std::int64_t recent_first_step = 0;     // and the steps that were there then: how fast the run is now
  std::int64_t writer_pid = 0;
  std::vector<std::int64_t> accepted;     // proposals, of each walker, in the published steps
  std::int64_t n_nan = 0;                 // log-probabilities that were NaN, in the published steps
  std::vector<double> memory;             // what the moves had learnt then
};

class ProgressTable {
 public:
  static constexpr hsize_t n_rows = 4;

  static ProgressTable create(hid_t group, hsize_t n_walkers, hsize_t n_memory);
  static ProgressTable open(hid_t group, hsize_t n_walkers);

  void write(const Progress& progress) const;

  Progress newest() const;

 private:
  ProgressTable(Dataset dataset, hsize_t n_walkers, hsize_t n_memory);
  std::vector<Progress> read() const;  // all rows that are whole, newest first
  std::vector<std::int64_t> read_cells() const;

  Dataset dataset_;
  hsize_t n_walkers_;
  hsize_t n_memory_;
};

std::int64_t microseconds_now();

}  // namespace livechain::hdf5
