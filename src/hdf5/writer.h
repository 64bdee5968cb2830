// Writing a run. The file is opened once and stays open; steps wait in memory until they are published.
#pragma once

#include "hdf5/file.h"
#include "hdf5/layout.h"
#include "hdf5/lock.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace livechain::hdf5 {

struct WriterOptions {
  bool swmr = true;
  double flush_interval = 0.5;  // seconds; 0 publishes every step
};

// What is counted and learnt from the run's beginning on, as it is after a step.
struct Tally {
  std::vector<std::int64_t> accepted;
  std::int64_t n_nan = 0;
  std::vector<double> memory;
};

class Writer {
 public:
  // Adds a run to the file at `path`, which comes into being with it. A run of that name is an Error
  // `exists`, or replaced.
  static Writer create(const std::string& path, const std::string& name, const Description& description,
                       const Steps& initial, const WriterOptions& options, bool overwrite);

  // Takes up a run where it was published last. A run that another program made is first laid out anew,
  // with the facts and texts of `description`.
  static Writer resume(const std::string& path, const std::string& name, const Description& description,
                       const WriterOptions& options);

  Writer(Writer&&) = default;
  Writer& operator=(Writer&&) = delete;
  ~Writer();

  const Run& run() const { return run_; }
  std::int64_t n_steps() const { return progress_.n_steps + static_cast<std::int64_t>(n_pending_); }
  std::int64_t target() const { return progress_.target; }
  Tally tally() const { return {progress_.accepted, progress_.n_nan, progress_.memory}; }
  State state() const;

  // The number of steps at which the run is finished.
  void set_target(std::int64_t n_steps);

  // Takes one step.
  void append(const double* positions, const double* log_prob, const std::byte* blobs,
              const Tally& tally);

  // Publishes if steps would otherwise wait longer than the flush interval. To be called often while the
  // next step is being computed.
  void tick();

  // Publishes all steps so far; of a compressed run only whole chunks, unless it is being closed.
  void publish();
  void close();

 private:
  using Clock = std::chrono::steady_clock;

  Writer(std::string path, Lock lock, const WriterOptions& options);
  void open(const std::string& at, const std::string& name);
  bool is_due(Clock::time_point now) const;
  bool at_whole_chunk() const;
  void write_pending();
  void write_rows();
  void write_progress();
  void move_recent();
  void shut();
  void require_own_file() const;
  void require_space() const;
  std::size_t pending_bytes() const;

  std::string path_;
  WriterOptions options_;
  Lock lock_;  // released after the file is closed: members are destroyed from the last to the first
  File file_;
  Run run_;
  Progress progress_;
  std::int64_t next_recent_since_ = 0;  // what `recent` in the progress will begin with next
  std::int64_t next_recent_first_step_ = 0;
  off_t published_size_ = 0;  // of the file, in bytes
  hsize_t whole_chunk_ = 0;  // steps, in a compressed run
  std::size_t reserve_ = 0;  // bytes of disk that publishing may need beside the steps
  pid_t owner_ = 0;

  hsize_t n_pending_ = 0;
  std::vector<double> chain_;
  std::vector<double> log_prob_;
  std::vector<std::byte> blobs_;
  Tally tally_;
  Clock::time_point oldest_pending_;
  Clock::time_point last_look_;
};

// Mends the file of a writer that died; true when there was something to mend.
bool repair(const std::string& path);

}  // namespace livechain::hdf5
