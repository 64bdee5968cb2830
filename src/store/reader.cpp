#include "store/reader.h"

#include "store/checksum.h"
#include "store/format1.h"
#include "store/guard.h"
#include "store/opening.h"
#include "store/salvage.h"
#include "store/system/clock.h"
#include "store/system/lock.h"

#include <atomic>
#include <exception>
#include <utility>

namespace livechain::store {

using namespace hdf5;

// An open run. One of format 2 needs HDF5 only to be opened; what other programs made or copied, HDF5 reads.
class Reader::Opened {
 public:
  Opened(const std::string& path, const std::string& name, bool swmr) : path_(path), name_(name) {
    OpenFile opened = open_any(path, swmr);
    id_ = id_of(descriptor_of(opened.file));
    info_.format = format_in(opened.file.id());
    if (info_.format == Format::two) {
      open_by_places(opened.file);
    }
    if (!source_) open_by_library(std::move(opened));
  }

  const RunInfo& info() const { return info_; }
  FileId id() const { return id_; }
  StepSource& source() const { return *source_; }
  const std::optional<Layout>& layout() const { return layout_; }
  const Descriptor& file() const { return file_; }

  Progress refresh() {
    if (by_library_) return refresh_by_library();
    std::optional<Progress> newest = layout_->progress->newest(file_);
    if (!newest) throw Failure("find out how many steps there are");
    const auto n_steps = static_cast<hsize_t>(newest->n_steps);
    if (places_.capacity(Part::checksum, layout_->shape) < n_steps) layout_->places->read(file_, places_);
    return std::move(*newest);
  }

  // What a network file system has kept of the file may be out of date.
  void look_anew() {
    if (by_library_) return;
    file_ = Descriptor(path_, Descriptor::Access::read);
    file_.forget_pages();
    if (!(file_.id() == id_)) throw Error(Kind::gone, path_, "another file has taken its place");
    layout_->places->read(file_, places_);
  }

  std::optional<Snapshot> start() const {
    if (layout_) return layout_->start;
    return old_ ? old_->start : std::nullopt;
  }

  // Its place may be newer than those that are known.
  std::optional<Tally> tally_after(std::int64_t step) {
    if (by_library_) return std::nullopt;
    if (std::optional<Tally> tally = state_after(*layout_, file_, places_, step)) return tally;
    look_anew();
    return state_after(*layout_, file_, places_, step);
  }

 private:
  // Of a run of ours, other programs or a power cut may have spoilt what is emcee's: it is not needed.
  Format format_in(hid_t file) const {
    if (is_of_format_2(file, path_, name_)) return Format::two;
    return format_of_run(open_emcee_run(file, path_, name_));
  }

  void open_by_places(const File& file) {
    const Group own = open_own_group(file.id(), path_, name_);
    layout_ = open_layout(own.id());
    info_.identity = layout_->identity;
    info_.shape = layout_->shape;
    info_.facts = layout_->facts;
    file_ = Descriptor(path_, Descriptor::Access::read);
    if (!(file_.id() == id_)) throw Failure("open a file that was replaced in this moment");
    const bool readable = user_block_of(file) == 0 && layout_->places->is_at_home(file_);
    if (!readable || was_continued(file)) return;
    layout_->places->read(file_, places_);
    source_ = source_by_places(file_, places_, *layout_);
  }

  // By another program, after we closed it: it writes no checksums.
  bool was_continued(const File& file) const {
    if (state_of(path_) != FileState::closed || !layout_->heartbeat->has_ended(file_)) return false;
    try {
      const EmceeRun run = open_emcee_run(file.id(), path_, name_);
      const std::optional<Progress> newest = layout_->progress->newest(file_);
      return newest && run.iteration() > newest->n_steps;
    } catch (const Failure&) {
      return false;
    } catch (const Error&) {
      return false;
    }
  }

  void open_by_library(OpenFile opened) {
    by_library_ = true;
    live_ = opened.live;
    hdf5_ = std::move(opened.file);
    run_ = open_emcee_run(hdf5_.id(), path_, name_);
    if (layout_) {
      growing_ = open_growing(open_own_group(hdf5_.id(), path_, name_).id(), layout_->shape);
    } else {
      if (info_.format == Format::one) old_ = open_format1(run_);
      info_.facts = old_ ? old_->facts : Facts();
      info_.shape.n_walkers = run_.n_walkers;
      info_.shape.n_parameters = run_.n_parameters;
      info_.shape.blobs = run_.blob_type;
      info_.shape.deflate = is_compressed(run_.chain.id()) ? usual_deflate : 0;
    }
    source_ = source_by_library(run_, layout_ ? &*layout_ : nullptr, &growing_);
  }

  Progress refresh_by_library() {
    if (live_) {
      for (const hid_t dataset : run_.growing()) check(H5Drefresh(dataset), "see what was written");
    }
    Progress newest = newest_by_library();
    run_.require_explained(static_cast<hsize_t>(newest.n_steps), bytes_of(path_));
    return newest;
  }

  Progress newest_by_library() const {
    if (old_) return old_->newest(run_);
    Progress newest;
    if (layout_) newest = layout_->progress->newest(file_).value_or(newest);
    newest.n_steps = std::max(newest.n_steps, run_.iteration());
    newest.target = std::max(newest.target, newest.n_steps);
    newest.tally.accepted = run_.read_accepted();
    return newest;
  }

  static constexpr int usual_deflate = 4;

  std::string path_;
  std::string name_;
  FileId id_;
  RunInfo info_;

  Descriptor file_;
  std::optional<Layout> layout_;
  Places places_;

  bool by_library_ = false;
  bool live_ = false;
  File hdf5_;
  EmceeRun run_;
  Growing growing_;
  std::optional<Format1> old_;

  std::unique_ptr<StepSource> source_;
};

Reader::Reader(const std::string& path, const std::string& name, bool swmr) : path_(path), name_(name), swmr_(swmr) {
  opened_ = patient(path_, [this] { return std::make_unique<Opened>(path_, name_, swmr_); });
}

Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;

const RunInfo& Reader::info() const { return opened_->info(); }

Progress Reader::refresh() {
  return patient(path_, [this] { return opened_->refresh(); });
}

bool Reader::is_current() const { return id_of(path_) == opened_->id(); }

// A writer of format 1, or of another program, has a lock or is not known.
Session Reader::session() const {
  const auto& layout = opened_->layout();
  if (!layout) return {Lock::is_held(path_), std::nullopt};
  Session session;
  session.last = layout->heartbeat->last(opened_->file());
  if (!session.last || session.last->end != End::none) return session;
  const bool here = session.last->process.is_on_this_machine();
  session.running = here ? session.last->process.is_alive()
                         : Lock::is_held(path_) || is_alive(*layout->heartbeat, opened_->file());
  return session;
}

std::int64_t Reader::n_lost_workers() const {
  const auto& layout = opened_->layout();
  return layout ? store::n_lost_workers(*layout, opened_->file()) : 0;
}

hsize_t Reader::read_block(const Rows& rows, StepBlock& block) const {
  return opened_->source().read(rows, block);
}

// A row that is not what was written may be one that the system has not fetched yet.
void Reader::read(const Rows& rows, const Take& take, int n_threads) const {
  try {
    read_verified(rows, take, n_threads);
  } catch (const Error& error) {
    if (error.kind != Kind::wrong_rows) throw;
    // Steps that were not asked for may be wrong, too.
    throw wrong_rows(path_, static_cast<std::int64_t>(count_right(static_cast<hsize_t>(error.first_wrong - 1)) + 1));
  }
}

void Reader::read_verified(const Rows& rows, const Take& take, int n_threads) const {
  const hsize_t most = steps_per_block(info().shape, rows.stride);
  const auto n_at_once = static_cast<std::size_t>(opened_->source().is_for_threads() ? std::max(1, n_threads) : 1);
  std::vector<StepBlock> blocks(n_at_once);
  const auto read_one = [&](std::size_t i, hsize_t done) {
    const Rows part{rows.first + done * rows.stride, std::min(most, rows.n - done), rows.stride};
    const hsize_t right = read_block(part, blocks[i]);
    if (right < part.n) throw wrong_rows(path_, static_cast<std::int64_t>(part.first + right * part.stride + 1));
    take(blocks[i], done);
  };
  for (hsize_t done = 0; done < rows.n; done += n_at_once * most) {
    patient(path_, [&] {
      std::vector<std::exception_ptr> failures(n_at_once);
      const auto try_one = [&](std::size_t i) {
        try {
          if (done + i * most < rows.n) read_one(i, done + i * most);
        } catch (...) {
          failures[i] = std::current_exception();
        }
      };
      std::vector<std::thread> threads;
      for (std::size_t i = 1; i < n_at_once && done + i * most < rows.n; ++i) threads.emplace_back(try_one, i);
      try_one(0);
      for (auto& thread : threads) thread.join();
      for (const auto& failure : failures) {
        if (!failure) continue;
        opened_->look_anew();
        std::rethrow_exception(failure);
      }
    });
  }
}

std::optional<Snapshot> Reader::start() const { return opened_->start(); }

std::optional<Tally> Reader::tally_after(std::int64_t step) const {
  return patient(path_, [&] { return opened_->tally_after(step); });
}

Snapshot Reader::positions_after(hsize_t n_steps) const {
  if (n_steps == 0) {
    std::optional<Snapshot> start = this->start();
    if (!start) throw Error(Kind::damaged, path_, "it does not tell where the walkers started");
    return std::move(*start);
  }
  Snapshot last;
  read({n_steps - 1, 1, 1}, [&last](const StepBlock& block, hsize_t) {
    last = {block.chain, block.log_prob, block.blobs, {}};
  }, 1);
  return last;
}

hsize_t Reader::count_right(hsize_t n_steps) const {
  return guarded(path_, Kind::damaged, [&] { return store::count_right(opened_->source(), info().shape, n_steps); });
}

std::vector<std::string> list_runs(const std::string& path) {
  return patient(path, [&path] { return all_run_names(open_any(path, true).file.id()); });
}

bool ask_to_end(const std::string& path, const std::string& name) {
  return guarded(path, Kind::damaged, [&] {
    const OpenFile opened = open_any(path, true);
    if (!has_link(opened.file.id(), name.c_str())) throw Error(Kind::no_run, path, name);
    const Layout layout = open_layout(open_own_group(opened.file.id(), path, name).id());
    const Descriptor file(path, Descriptor::Access::read_and_write);
    const std::optional<Beat> last = layout.heartbeat->last(file);
    if (!last || last->end != End::none || !is_alive(*layout.heartbeat, file)) return false;
    layout.request->write(file, 0, {last->writer, 1});
    return true;
  });
}

File open_to_share(const std::string& path) {
  return patient(path, [&path] { return open_any(path, true).file; });
}

}  // namespace livechain::store
