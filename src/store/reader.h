// Reading a run, whoever is writing it.
#pragma once

#include "store/source.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace livechain::store {

// What a run is, from its beginning on.
struct RunInfo {
  Format format = Format::emcee;
  std::uint64_t identity = 0;  // only of format 2
  Shape shape;
  Facts facts;
};

// Who writes to a run or wrote to it last.
struct Session {
  bool running = false;
  std::optional<Beat> last;
};

class Reader {
 public:
  // With `swmr`, a file that is being written can be opened. Throws Error.
  Reader(const std::string& path, const std::string& name, bool swmr);
  ~Reader();
  Reader(Reader&&) noexcept;

  const std::string& path() const { return path_; }
  const RunInfo& info() const;

  // The newest publication. Steps before its `n_steps` are there to be read, for good.
  Progress refresh();

  // Takes its time when only the heart of a writer tells whether it is alive.
  Session session() const;

  std::int64_t n_lost_workers() const;

  // Whether the path still names the file that was opened.
  bool is_current() const;

  // Calls `take(block, i)` with blocks of steps, the first of which is the i-th that was asked for; from several threads when
  // `n_threads` allows it. Every step is verified: throws Error `wrong_rows`.
  using Take = std::function<void(const StepBlock&, hsize_t)>;
  void read(const Rows& rows, const Take& take, int n_threads) const;

  // Where the walkers started; nothing when that is not known.
  std::optional<Snapshot> start() const;

  // What was counted and learnt after a step, where that is stored.
  std::optional<Tally> tally_after(std::int64_t step) const;

  // Where the walkers are after `n_steps` steps; the start when that is 0.
  Snapshot positions_after(hsize_t n_steps) const;

  // How many of the first `n_steps` steps, from the first on, are what was written; called for blocks of them.
  hsize_t count_right(hsize_t n_steps) const;

 private:
  class Opened;

  void read_verified(const Rows& rows, const Take& take, int n_threads) const;
  hsize_t read_block(const Rows& rows, StepBlock& block) const;

  std::string path_;
  std::string name_;
  bool swmr_;
  std::unique_ptr<Opened> opened_;
};

std::vector<std::string> list_runs(const std::string& path);

// Asks the process that writes to the run to end it. False when there is none.
bool ask_to_end(const std::string& path, const std::string& name);

// Opens a file for another user of HDF5 in this process.
hdf5::File open_to_share(const std::string& path);

}  // namespace livechain::store
