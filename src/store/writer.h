// Writing a run. HDF5 is asked to make room for rows, and from time to time told how many there are; a scribe writes them.
#pragma once

#include "core/world.h"
#include "store/scribe.h"
#include "store/system/lock.h"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace livechain::store {

struct WriterOptions {
  bool swmr = true;
  Scribe::Options publishing;
};

class Writer : public core::Sink {
 public:
  // Adds a run to the file at `path`, which comes into being with it. A run of that name is an Error
  // `exists`, or replaced.
  static Writer create(const std::string& path, const std::string& name, const Description& description,
                       const Steps& initial, const WriterOptions& options, bool overwrite);

  // Goes on after the last step that is what was written, and of which all is known that going on needs. What a writer
  // that died left is mended first. A run that another program made is laid out anew, with the facts of `description`.
  static Writer resume(const std::string& path, const std::string& name, const Description& description,
                       const WriterOptions& options);

  // Does for a writer that died what it would have done at its end.
  static void finish_dead(const std::string& path, const std::string& name, const Progress& progress);

  Writer(Writer&&) = default;
  Writer& operator=(Writer&&) = delete;
  ~Writer() override;

  const Layout& layout() const { return *layout_; }
  std::int64_t n_steps() const;
  std::int64_t n_found() const { return n_found_; }  // steps that were published when the run was taken up
  std::int64_t target() const;
  bool is_asked_to_end() const { return scribe_ && scribe_->is_asked_to_end(); }

  // Where the run stands.
  Snapshot state() const;

  // The number of steps at which the run is finished.
  void set_target(std::int64_t n_steps);
  void set_updated();  // the density is another from here on

  core::Block lend() override;
  void record(const Tally& tally) override;
  void flush() override;   // publishes all steps so far; of a compressed run only whole chunks
  void finish() override;  // publishes and closes
  void tick();             // to be called often while the next step is being computed

  // Why the run ends; said before it is finished.
  void say_why(End end, const std::string& reason);
  void say_why_at_least(End end);  // unless a reason was given

 private:
  friend class Rewriter;
  using Clock = std::chrono::steady_clock;

  Writer(std::string path, Lock lock, const WriterOptions& options);
  void open(const std::string& at, const std::string& name, const Progress& progress);
  void open_library(const std::string& at, const std::string& name);
  void match_places();
  hsize_t capacity_of_all() const;

  void append_block(StepBlock& block, const std::optional<Tally>& tally);
  void make_place();
  void make_place_for(hsize_t n_steps);  // at once, in as few pieces as can be
  void add_chunks(hsize_t n_chunks);
  void grow(Part part, hsize_t n_chunks, hsize_t most_rows);
  hsize_t chunks_to_add() const;
  std::size_t bytes_of_growth(hsize_t n_chunks) const;
  void record_compressed(const StepBlock& block, hsize_t i, const std::optional<Tally>& tally);
  void write_chunk();
  void tell_library();
  void close_library();
  void cut_to_length();
  void cut(Part part, hsize_t n_rows);
  void let_go() noexcept;
  Lock give_up();  // the file is left as it is
  bool is_ours() const;
  void require_open() const;

  std::string path_;
  WriterOptions options_;
  Lock lock_;  // released after the file is closed: members are destroyed from the last to the first
  std::unique_ptr<Layout> layout_;
  std::unique_ptr<Scribe> scribe_;
  hdf5::File file_;
  EmceeRun run_;
  Growing growing_;
  hsize_t capacity_ = 0;      // steps that have a place
  std::int64_t told_ = 0;     // steps of which other programs know
  Clock::time_point told_at_;
  std::int64_t n_found_ = 0;
  End end_ = End::none;
  std::string reason_;
  pid_t owner_ = 0;

  StepBlock row_;    // of a compressed run, the step that is being made
  StepBlock chunk_;  // and what waits to be a whole chunk
  std::optional<Tally> chunk_tally_;
};

}  // namespace livechain::store
