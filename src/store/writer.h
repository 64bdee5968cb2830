// Writing a run: what of it is HDF5's is a growing run's, its rows are written by a scribe.
#pragma once

#include "core/world.h"
#include "store/growing_run.h"
#include "store/system/lock.h"

#include <cstdint>
#include <functional>
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
  // With `fill`, the run comes into being with the steps that it appends.
  static Writer create(const std::string& path, const std::string& name, const Description& description,
                       const Steps& initial, const WriterOptions& options, bool overwrite,
                       const std::function<void(Writer&)>& fill = nullptr);

  // Goes on after the last step that is what was written, and of which all is known that going on needs. What a writer
  // that died left is mended first. A run that another program made is laid out anew, with the facts of `description`.
  static Writer resume(const std::string& path, const std::string& name, const Description& description,
                       const WriterOptions& options);

  // Does for a writer that died what it would have done at its end.
  static void finish_dead(const std::string& path, const std::string& name, const Progress& progress);

  Writer(Writer&&) = default;
  Writer& operator=(Writer&&) = delete;
  ~Writer() override;

  const Layout& layout() const { return run_->layout(); }
  std::int64_t n_steps() const;
  std::int64_t n_found() const { return n_found_; }  // steps that were published when the run was taken up
  std::int64_t target() const;
  bool is_asked_to_end() const { return scribe_ && scribe_->is_asked_to_end(); }

  // Where the run stands.
  Snapshot state() const;

  // The number of steps at which the run is finished.
  void set_target(std::int64_t n_steps);
  void set_updated(std::int64_t step);  // after which the density is another
  void add_lost_workers(std::int64_t n);

  core::Block lend() override;
  void record(const Tally& tally) override;
  void flush() override;   // publishes all steps so far; of a compressed run only whole chunks
  void finish() override;  // publishes and closes
  void tick();             // to be called often while the next step is being computed

  // Steps of another file. They are published with the first block after which it is known what was counted and learnt.
  void append_block(StepBlock& block, const std::optional<Tally>& tally);
  void make_place_for(hsize_t n_steps);  // at once, in as few pieces as can be

  // Why the run ends; said before it is finished.
  void say_why(End end, const std::string& reason);
  void say_why_at_least(End end);  // unless a reason was given

 private:
  friend class Rewriter;
  using Clock = std::chrono::steady_clock;

  Writer(std::string path, Lock lock, const WriterOptions& options);
  void open(const std::string& at, const std::string& name, const Progress& progress);

  void record_compressed(const StepBlock& block, hsize_t i, const std::optional<Tally>& tally);
  void write_chunk();
  void tell();             // other programs how many steps there are
  Lock give_up();          // the file is left as it is
  bool is_ours() const;
  void require_open() const;

  std::string path_;
  WriterOptions options_;
  Lock lock_;  // released after the file is closed: members are destroyed from the last to the first
  std::unique_ptr<Scribe> scribe_;
  std::unique_ptr<GrowingRun> run_;
  std::int64_t told_ = 0;  // steps of which other programs know
  Clock::time_point told_at_;
  std::int64_t n_found_ = 0;
  End end_ = End::none;
  std::string reason_;
  int generation_ = 0;

  StepBlock row_;    // of a compressed run, the step that is being made
  StepBlock chunk_;  // and what waits to be a whole chunk
  std::optional<Tally> chunk_tally_;
};

}  // namespace livechain::store
