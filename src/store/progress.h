// How far a run is, and what resuming it needs beside its rows.
#pragma once

#include "core/walkers.h"
#include "store/shape.h"
#include "store/table.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace livechain::store {

using core::Snapshot;
using core::Tally;

struct Progress {
  std::int64_t publication = 0;         // its number
  std::int64_t n_steps = 0;             // published
  std::int64_t target = 0;              // the number of steps at which the run is finished
  std::int64_t durable = 0;             // steps that a power cut cannot take
  std::int64_t session = 0;             // the number of processes that took the run up until now
  std::int64_t published_at = 0;        // microseconds since 1970
  std::int64_t session_started_at = 0;  // when the present or last writer took the file
  std::int64_t session_first_step = 0;  // and the steps that were there then
  std::int64_t recent_since = 0;        // a moment a few seconds before `published_at`
  std::int64_t recent_first_step = 0;   // and the steps that were there then: how fast the run is now
  std::int64_t updated_at = 0;          // the step after which the density was another, 0 when it never was
  Tally tally;
};

// Rows 0 to 3 hold the last four publications; the writer overwrites the oldest, a reader takes the newest that is right.
// Rows 4 and 5 hold, in turn, what was published when the last syncs began: of the older of them, all is on the disk.
class ProgressTable {
 public:
  static constexpr hsize_t n_publications = 4;
  static constexpr hsize_t n_kept = 2;

  static ProgressTable create(hid_t group, const Shape& shape, std::uint64_t identity);
  static ProgressTable open(hid_t group, const Shape& shape, std::uint64_t identity);

  void write(const Descriptor& file, const Progress& progress) const;
  void keep(const Descriptor& file, const Progress& progress) const;  // in place of the older one

  // Nothing when no row is right.
  std::optional<Progress> newest(const Descriptor& file) const;

  // All that are right, newest first.
  std::vector<Progress> known(const Descriptor& file) const;


 private:
  ProgressTable(Table table, hsize_t n_walkers) : table_(table), n_walkers_(n_walkers) {}
  std::optional<Progress> from_cells(const Cells& cells) const;

  Table table_;
  hsize_t n_walkers_;
};

Cells cells_of_state(std::int64_t step, const Tally& tally);
Tally tally_in(const std::int64_t* accepted, hsize_t n_walkers, hsize_t n_memory);

}  // namespace livechain::store
