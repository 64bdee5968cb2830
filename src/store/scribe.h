// Publishes steps: writes their rows where they belong, without HDF5, from threads that touch nothing but plain memory and
// file descriptors. One publishes on time, also while a step takes minutes; the other leaves a mark a second and brings
// to the disk what was published.
#pragma once

#include "store/layout.h"
#include "store/steps.h"
#include "store/system/clock.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace livechain::store {

class Scribe {
 public:
  struct Options {
    double flush_interval = 0.5;  // seconds; 0 publishes each step at once
    double sync_interval = 5;     // seconds
  };

  // Goes on after `progress`. The rows of a compressed run are HDF5's.
  Scribe(Descriptor file, const Layout& layout, Progress progress, const Options& options);
  ~Scribe();
  Scribe(const Scribe&) = delete;
  Scribe& operator=(const Scribe&) = delete;

  // What follows is called by one thread, and throws what went wrong in the others.

  std::int64_t n_steps() const { return n_steps_; }      // taken
  std::int64_t published() const { return published_; }  // of them
  std::int64_t target() const { return target_; }
  Tally tally() const;  // of the last published step

  // Room for up to `most` steps to come, which have a place. What was lent before stays until the call after this one.
  core::Block lend(hsize_t most);

  // The next row of it is a step now.
  void append(const Tally& tally);
  void publish();

  // A block of steps, of which HDF5 has written the rows when they are compressed. What is not known after them cannot
  // be gone on from: readers see them when it is known after others.
  void publish(StepBlock& block, const std::optional<Tally>& tally);

  void set_target(std::int64_t n_steps);
  void set_updated(std::int64_t step);
  void add_lost_workers(std::int64_t n);

  // Where further rows of a part stand.
  void extend(Part part, const hdf5::Extent& extent);
  hsize_t capacity(Part part) const;
  bool is_scattered() const;
  void keep_places(Part part, hsize_t n_chunks);  // HDF5 has no more than these
  std::vector<hdf5::Extent> extents(Part part) const;
  void write_chunk_place(hsize_t chunk, const Cells& cells);

  // Ends the threads. Then brings everything to the disk.
  void stop();
  void sync();
  void end(End end, const std::string& reason);

  // Another process asks for the end.
  bool is_asked_to_end() const { return asked_; }

  // Nothing is written any more: the file is no longer ours.
  void abandon();
  bool is_abandoned() const;

  const Descriptor& file() const { return file_; }

 private:
  void publish_in_time();
  void keep_alive();
  void begin_session();
  void start_threads();

  // Of two, one is filled while what the other holds is written. Rows that were taken do not change any more.
  struct Half {
    StepBlock rows;
    hsize_t n_taken = 0;
    hsize_t n_published = 0;

    bool is_published() const { return n_published == n_taken; }
  };

  void publish_locked();
  void write_block(StepBlock& block, hsize_t first_row, hsize_t n);
  void write_progress();
  void move_recent();
  void beat(End end, const std::string& reason);
  void sync_now();
  void look_for_requests();
  void require_own_file();
  void require_own_name();
  void rethrow();
  Half& filling() { return halves_[filling_]; }
  Half& filled() { return halves_[1 - filling_]; }

  const Descriptor file_;
  Layout layout_;
  const Options options_;
  const bool rows_are_hdf5s_;

  mutable std::mutex taking_;    // what is taken and not yet published
  std::condition_variable changed_;
  std::condition_variable ending_;
  Half halves_[2];
  std::size_t filling_ = 0;
  Tally pending_tally_;
  std::vector<std::pair<std::int64_t, Tally>> pending_states_;
  Clock::time_point oldest_pending_;
  bool stopping_ = false;
  std::atomic<std::int64_t> n_steps_{0};

  mutable std::mutex writing_;  // the file's rows and tables; taken before `taking_`
  std::vector<std::pair<std::int64_t, Tally>> states_;
  Places places_;
  Progress progress_;
  bool is_tally_known_ = true;  // after the steps in `progress_`
  std::int64_t next_recent_since_ = 0;
  std::int64_t next_recent_first_step_ = 0;
  std::uint64_t last_size_ = 0;
  bool had_its_name_ = false;
  Beat beat_;
  std::exception_ptr failure_;
  bool abandoned_ = false;
  std::atomic<bool> failed_{false};

  std::mutex syncing_;
  std::int64_t synced_publication_ = 0;
  std::atomic<std::uint64_t> unsynced_{0};  // bytes of rows

  std::atomic<std::int64_t> published_{0};
  std::atomic<std::int64_t> durable_{0};
  std::atomic<std::int64_t> target_{0};
  std::atomic<bool> asked_{false};

  std::thread publisher_;
  std::thread keeper_;
};

}  // namespace livechain::store
