#include "store/writer.h"

#include "store/guard.h"
#include "store/opening.h"
#include "store/recovery.h"
#include "store/rewriter.h"
#include "store/source.h"
#include "store/system/aside.h"
#include "store/system/fork.h"

#include <unistd.h>

#include <chrono>

namespace livechain::store {

using namespace hdf5;

namespace {

// So often other programs are told how many steps there are.
constexpr std::chrono::milliseconds telling(50);

bool file_exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

Progress first_progress(const Description& description) {
  Progress progress;
  progress.target = description.target;
  progress.tally.accepted.assign(description.shape.n_walkers, 0);
  progress.tally.memory = description.memory;
  return progress;
}

}  // namespace

Writer::Writer(std::string path, Lock lock, const WriterOptions& options)
    : path_(std::move(path)), options_(options), lock_(std::move(lock)), generation_(generation()) {}

Writer::~Writer() {
  if (!scribe_) return;
  if (!is_ours()) {
    static_cast<void>(scribe_.release());  // its threads are in the parent
    return;
  }
  try {
    if (scribe_->target() == 0 || scribe_->published() < scribe_->target()) say_why_at_least(End::left);
    finish();
  } catch (...) {
    // Nobody is left to be told; what was published is in the file.
  }
}

// A forked child inherits what belongs to its parent.
bool Writer::is_ours() const { return generation_ == generation(); }

void Writer::require_open() const {
  if (!scribe_) throw Error(Kind::io, path_, "its writer is closed");
  if (!is_ours()) throw Error(Kind::io, path_, "it is written by the process that was forked, which its children cannot do");
}

std::int64_t Writer::target() const {
  require_open();
  return scribe_->target();
}

Writer Writer::create(const std::string& path, const std::string& name, const Description& description,
                      const Steps& initial, const WriterOptions& options, bool overwrite,
                      const std::function<void(Writer&)>& fill) {
  return guarded(path, Kind::io, [&] {
    Lock present;
    const bool replace = file_exists(path);
    bool keep = false;  // what else is in the file
    if (replace) {
      present = Lock::take(path);
      require_idle(path);
      require_right(path, name);
      mend(present, path);
      const File file = open_idle(path);
      if (has_link(file.id(), name.c_str()) && !overwrite) throw Error(Kind::exists, path, name);
      keep = !holds_only(file, name);
    }
    Aside aside(path);
    Rewriter rewriter(path, aside);
    rewriter.require_room(description.shape.step_bytes());
    if (keep) {
      rewriter.copy_without(name);
    } else {
      rewriter.begin();
    }
    rewriter.add(name, description, initial);
    rewriter.end();
    // Open before it is in its place: a reader never finds a file that it cannot open.
    Writer writer(path, Lock(), options);
    writer.open(aside.path(), name, first_progress(description));
    if (fill) fill(writer);
    aside.publish(replace);
    writer.lock_ = aside.take_lock();
    return writer;
  });
}

Writer Writer::resume(const std::string& path, const std::string& name, const Description& description,
                      const WriterOptions& options) {
  return guarded(path, Kind::io, [&] {
    remove_leftovers(path);
    Lock lock = Lock::take(path);
    require_idle(path);
    require_right(path, name);
    mend(lock, path);
    const Salvage salvage = prepare(lock, path, name, description);
    Writer writer(path, std::move(lock), options);
    try {
      writer.open(path, name, salvage.progress);
      writer.n_found_ = salvage.n_published;
      return writer;
    } catch (const Failure&) {
      // HDF5 can read what is there, and cannot make it grow: a power cut tore what no look-up needs.
      lock = writer.give_up();
    }
    lay_out_anew(lock, path);
    const Salvage again = prepare(lock, path, name, description);
    Writer fresh(path, std::move(lock), options);
    fresh.open(path, name, again.progress);
    fresh.n_found_ = salvage.n_published;
    return fresh;
  });
}

Lock Writer::give_up() {
  if (scribe_) {
    scribe_->abandon();
    scribe_->stop();
    scribe_.reset();
  }
  if (run_) run_->let_go();
  return std::move(lock_);
}

void Writer::finish_dead(const std::string& path, const std::string& name, const Progress& progress) {
  WriterOptions options;
  Writer writer(path, Lock(), options);
  writer.open(path, name, progress);
  if (progress.n_steps < progress.target) writer.say_why(End::left, "");
  writer.finish();
}

void Writer::open(const std::string& at, const std::string& name, const Progress& progress) {
  run_ = std::make_unique<GrowingRun>(at, path_, name, options_.swmr);
  Descriptor file(at, Descriptor::Access::read_and_write);
  if (!layout().places->is_at_home(file)) run_->layout().places->begin(file);
  file.set_path(path_);
  scribe_ = std::make_unique<Scribe>(std::move(file), layout(), progress, options_.publishing);
  run_->match_places(*scribe_);
  told_ = -1;
  told_at_ = Clock::now();
  n_found_ = progress.n_steps;
  const hsize_t in_chunk = static_cast<hsize_t>(progress.n_steps) % layout().shape.steps_per_chunk;
  if (layout().shape.is_compressed() && in_chunk > 0) {
    Places places;
    PlacesTable(*layout().places).read(scribe_->file(), places);
    const Rows rows{static_cast<hsize_t>(progress.n_steps) - in_chunk, in_chunk, 1};
    source_by_places(scribe_->file(), places, layout())->read(rows, chunk_);
    chunk_tally_ = progress.tally;
  }
  run_->make_place(*scribe_);
}

std::int64_t Writer::n_steps() const {
  require_open();
  const std::int64_t known = scribe_->n_steps();
  if (!layout().shape.is_compressed() || chunk_.n == 0) return known;
  const auto per_chunk = static_cast<std::int64_t>(layout().shape.steps_per_chunk);
  return known / per_chunk * per_chunk + static_cast<std::int64_t>(chunk_.n);
}

Snapshot Writer::state() const {
  require_open();
  return guarded(path_, Kind::damaged, [this] {
    const auto n_steps = static_cast<hsize_t>(scribe_->published());
    Snapshot state;
    if (n_steps == 0) {
      if (!layout().start) throw Failure("find where the walkers started");
      state = *layout().start;
    } else {
      Places places;
      PlacesTable(*layout().places).read(scribe_->file(), places);
      StepBlock block;
      if (source_by_places(scribe_->file(), places, layout())->read({n_steps - 1, 1, 1}, block) == 0) {
        throw wrong_rows(path_, static_cast<std::int64_t>(n_steps));
      }
      state = {std::move(block.chain), std::move(block.log_prob), std::move(block.blobs), {}};
    }
    state.tally = scribe_->tally();
    return state;
  });
}

void Writer::set_target(std::int64_t n_steps) {
  require_open();
  scribe_->set_target(n_steps);
}

void Writer::set_updated(std::int64_t step) {
  require_open();
  scribe_->set_updated(step);
}

void Writer::add_lost_workers(std::int64_t n) {
  require_open();
  scribe_->add_lost_workers(n);
}

void Writer::say_why(End end, const std::string& reason) {
  end_ = end;
  reason_ = reason;
}

void Writer::say_why_at_least(End end) {
  if (end_ == End::none) end_ = end;
}

// Of a compressed run, a row at a time: it is packed with its chunk.
core::Block Writer::lend() {
  require_open();
  const Shape& shape = layout().shape;
  if (shape.is_compressed()) {
    if (row_.n == 0) row_.resize(shape, 1);
    return rows_of(row_, 0, 1, shape);
  }
  if (static_cast<hsize_t>(scribe_->n_steps()) >= run_->capacity()) {
    guarded(path_, Kind::io, [this] { run_->make_place(*scribe_); });
  }
  return scribe_->lend(run_->capacity() - static_cast<hsize_t>(scribe_->n_steps()));
}

void Writer::record(const Tally& tally) {
  const bool writes_at_once = layout().shape.is_compressed() || options_.publishing.flush_interval <= 0;
  if (writes_at_once) require_open();
  if (layout().shape.is_compressed()) {
    record_compressed(row_, 0, tally);
  } else {
    scribe_->append(tally);
  }
  tick();
}

void Writer::tick() {
  if (!scribe_) return;
  const auto now = Clock::now();
  if (now - told_at_ < telling || !is_ours()) return;
  told_at_ = now;
  if (scribe_->published() > told_) guarded(path_, Kind::io, [this] { tell(); });
}

void Writer::tell() {
  if (scribe_->is_abandoned()) return;
  const std::int64_t n_steps = scribe_->published();
  run_->tell(n_steps, scribe_->tally().accepted);
  told_ = n_steps;
}

void Writer::flush() {
  require_open();
  if (layout().shape.is_compressed()) return;
  scribe_->publish();
}

void Writer::make_place_for(hsize_t n_steps) {
  guarded(path_, Kind::io, [&] { run_->make_place_for(*scribe_, n_steps); });
}

void Writer::append_block(StepBlock& block, const std::optional<Tally>& tally) {
  if (layout().shape.is_compressed()) {
    for (hsize_t i = 0; i < block.n; ++i) {
      record_compressed(block, i, i + 1 == block.n ? tally : std::nullopt);
    }
    return;
  }
  const hsize_t n_steps = static_cast<hsize_t>(scribe_->n_steps()) + block.n;
  guarded(path_, Kind::io, [&] {
    while (n_steps > run_->capacity()) run_->make_place(*scribe_);
  });
  scribe_->publish(block, tally);
}

void Writer::record_compressed(const StepBlock& block, hsize_t i, const std::optional<Tally>& tally) {
  append_row(chunk_, block, i, layout().shape);
  chunk_tally_ = tally;
  if (chunk_.n == layout().shape.steps_per_chunk) guarded(path_, Kind::io, [this] { write_chunk(); });
}

// Only whole chunks, but for the last one of a session: a reader could not unpack what is half written.
void Writer::write_chunk() {
  const Shape& shape = layout().shape;
  const auto known = static_cast<hsize_t>(scribe_->n_steps());
  const hsize_t number = known / shape.steps_per_chunk;
  const hsize_t first = number * shape.steps_per_chunk;
  if (first + chunk_.n <= known) return;
  if (first + shape.steps_per_chunk > run_->capacity()) run_->make_place(*scribe_);
  scribe_->write_chunk_place(number, run_->write_chunk(number, chunk_, *scribe_));

  StepBlock fresh;
  for (hsize_t i = known - first; i < chunk_.n; ++i) append_row(fresh, chunk_, i, shape);
  scribe_->publish(fresh, chunk_tally_);
  if (chunk_.n == shape.steps_per_chunk) chunk_.clear();
}

void Writer::finish() {
  if (!scribe_) return;
  require_open();
  std::exception_ptr failure;
  const auto attempt = [&failure](auto work) {
    try {
      work();
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
  };
  attempt([this] {
    if (layout().shape.is_compressed()) guarded(path_, Kind::io, [this] { write_chunk(); });
    scribe_->publish();
  });
  attempt([this] { scribe_->stop(); });
  if (scribe_->is_abandoned()) {
    run_->let_go();
  } else {
    attempt([this] { guarded(path_, Kind::io, [this] { run_->close(*scribe_); }); });
    attempt([this] { scribe_->sync(); });
    const bool done = scribe_->published() >= scribe_->target();
    if (end_ == End::none && !done && !failure) say_why(End::left, "no more steps were asked for");
    const End end = end_ != End::none ? end_ : done ? End::finished : End::left;
    attempt([&] { scribe_->end(failure && end_ == End::none ? End::failed : end, reason_); });
    attempt([this] { scribe_->file().sync(); });
  }
  run_->let_go();
  scribe_.reset();
  lock_ = Lock();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace livechain::store
