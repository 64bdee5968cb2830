#include "store/writer.h"

#include "hdf5/file.h"
#include "store/guard.h"
#include "store/opening.h"
#include "store/recovery.h"
#include "store/rewriter.h"
#include "store/source.h"
#include "store/system/aside.h"
#include "store/system/fork.h"
#include "store/system/room.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace livechain::store {

using namespace hdf5;

namespace {

constexpr Part by_step[] = {Part::chain, Part::log_prob, Part::blobs, Part::checksum};
constexpr Part all_parts[] = {Part::chain, Part::log_prob, Part::blobs, Part::checksum, Part::states, Part::chunks};

// So often other programs are told how many steps there are.
constexpr std::chrono::milliseconds telling(50);

hsize_t chunks_for(hsize_t rows, hsize_t rows_per_chunk) { return (rows + rows_per_chunk - 1) / rows_per_chunk; }

bool file_exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

}  // namespace

Writer::Writer(std::string path, Lock lock, const WriterOptions& options)
    : path_(std::move(path)), options_(options), lock_(std::move(lock)), owner_(getpid()) {}

Writer::~Writer() {
  if (!scribe_) return;
  if (!is_ours()) {
    static_cast<void>(scribe_.release());  // its threads are in the parent
    return;
  }
  try {
    finish();
  } catch (...) {
    // Nobody is left to be told; what was published is in the file.
  }
}

// A forked child inherits what belongs to its parent.
bool Writer::is_ours() const { return owner_ == getpid(); }

void Writer::require_open() const {
  if (!scribe_) throw Error(Kind::io, path_, "its writer is closed");
  if (!is_ours()) throw Error(Kind::io, path_, "it is written by the process that was forked, which its children cannot do");
}

std::int64_t Writer::target() const {
  require_open();
  return scribe_->target();
}

Writer Writer::create(const std::string& path, const std::string& name, const Description& description,
                      const Steps& initial, const WriterOptions& options, bool overwrite) {
  return guarded(path, Kind::io, [&] {
    Lock present;
    const bool replace = file_exists(path);
    bool keep = false;  // what else is in the file
    if (replace) {
      present = Lock::take(path);
      require_idle(path);
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
  let_go();
  return std::move(lock_);
}

void Writer::finish_dead(const std::string& path, const std::string& name, const Progress& progress) {
  WriterOptions options;
  Writer writer(path, Lock(), options);
  writer.open(path, name, progress);
  if (progress.n_steps < progress.target) writer.say_why(End::interrupted, "");
  writer.finish();
}

void Writer::open(const std::string& at, const std::string& name, const Progress& progress) {
  open_library(at, name);
  Descriptor file(at, Descriptor::Access::read_and_write);
  if (!layout_->places->is_at_home(file)) layout_->places->begin(file);
  file.set_path(path_);
  scribe_ = std::make_unique<Scribe>(std::move(file), *layout_, progress, options_.publishing);
  match_places();
  told_ = -1;
  told_at_ = Clock::now();
  n_found_ = progress.n_steps;
  const hsize_t in_chunk = static_cast<hsize_t>(progress.n_steps) % layout_->shape.steps_per_chunk;
  if (layout_->shape.is_compressed() && in_chunk > 0) {
    Places places;
    PlacesTable(*layout_->places).read(scribe_->file(), places);
    const Rows rows{static_cast<hsize_t>(progress.n_steps) - in_chunk, in_chunk, 1};
    source_by_places(scribe_->file(), places, *layout_)->read(rows, chunk_);
    chunk_tally_ = progress.tally;
  }
  make_place();
}

// In SWMR mode from the first moment, so that a process that dies here, too, leaves a readable file.
void Writer::open_library(const std::string& at, const std::string& name) {
  file_ = open_to_write(at, options_.swmr);
  in_children(descriptor_of(file_), Fate::disconnect);
  run_ = open_emcee_run(file_.id(), path_, name);
  const Group own = open_own_group(file_.id(), path_, name);
  layout_ = std::make_unique<Layout>(open_layout(own.id()));
  growing_ = open_growing(own.id(), layout_->shape);
}

// A session that was killed may have left chunks of which the table does not know, and one that was closed has given some back.
void Writer::match_places() {
  const Shape& shape = layout_->shape;
  for (const Part part : all_parts) {
    if (!shape.is_plain(part)) continue;
    const hid_t dataset = growing_.dataset(part, run_);
    const hsize_t per_chunk = shape.rows_per_chunk(part);
    const hsize_t there = chunks_for(dims_of(dataset)[0], per_chunk);
    const hsize_t known = scribe_->capacity(part) / per_chunk;
    if (there < known) scribe_->keep_places(part, there);
    if (there > known) {
      for (const Extent& extent : extents_of(dataset, known, there - known)) scribe_->extend(part, extent);
    }
  }
  capacity_ = capacity_of_all();
}

// A power cut may leave some of the parts longer than others.
hsize_t Writer::capacity_of_all() const {
  hsize_t least = scribe_->capacity(Part::checksum);
  for (const Part part : by_step) {
    if (layout_->shape.is_plain(part)) least = std::min(least, scribe_->capacity(part));
  }
  return least;
}

std::int64_t Writer::n_steps() const {
  require_open();
  const std::int64_t known = scribe_->n_steps();
  if (!layout_->shape.is_compressed() || chunk_.n == 0) return known;
  const auto per_chunk = static_cast<std::int64_t>(layout_->shape.steps_per_chunk);
  return known / per_chunk * per_chunk + static_cast<std::int64_t>(chunk_.n);
}

Snapshot Writer::state() const {
  require_open();
  return guarded(path_, Kind::damaged, [this] {
    const auto n_steps = static_cast<hsize_t>(scribe_->published());
    Snapshot state;
    if (n_steps == 0) {
      if (!layout_->start) throw Failure("find where the walkers started");
      state = *layout_->start;
    } else {
      Places places;
      PlacesTable(*layout_->places).read(scribe_->file(), places);
      StepBlock block;
      if (source_by_places(scribe_->file(), places, *layout_)->read({n_steps - 1, 1, 1}, block) == 0) {
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

void Writer::set_updated() {
  require_open();
  scribe_->set_updated(scribe_->n_steps());
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
  const Shape& shape = layout_->shape;
  if (shape.is_compressed()) {
    if (row_.n == 0) row_.resize(shape, 1);
    return rows_of(row_, 0, 1, shape);
  }
  if (static_cast<hsize_t>(scribe_->n_steps()) >= capacity_) {
    guarded(path_, Kind::io, [this] { make_place(); });
  }
  return scribe_->lend(capacity_ - static_cast<hsize_t>(scribe_->n_steps()));
}

void Writer::record(const Tally& tally) {
  const bool writes_at_once = layout_->shape.is_compressed() || options_.publishing.flush_interval <= 0;
  if (writes_at_once) require_open();
  if (layout_->shape.is_compressed()) {
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
  if (scribe_->published() > told_) guarded(path_, Kind::io, [this] { tell_library(); });
}

// For other programs, which go by these.
void Writer::tell_library() {
  if (scribe_->is_abandoned()) return;
  const std::int64_t n_steps = scribe_->published();
  run_.write_accepted(scribe_->tally().accepted);
  run_.set_iteration(n_steps);
  check(H5Oflush(run_.group.id()), "flush the number of steps");
  told_ = n_steps;
}

void Writer::flush() {
  require_open();
  if (layout_->shape.is_compressed()) return;
  scribe_->publish();
}

// An eighth of what is there, so that it happens ever less often, or as much again where places become scarce; not beyond
// the target, as long as that is to come.
hsize_t Writer::chunks_to_add() const {
  const hsize_t per_chunk = layout_->shape.steps_per_chunk;
  const hsize_t there = capacity_ / per_chunk;
  const hsize_t wanted = std::max<hsize_t>(1, scribe_->is_scattered() ? there : there / 8);
  const auto target = static_cast<hsize_t>(std::max<std::int64_t>(0, scribe_->target()));
  const hsize_t for_target = chunks_for(target, per_chunk);
  return for_target > there ? std::min(wanted, for_target - there) : 1;
}

std::size_t Writer::bytes_of_growth(hsize_t n_chunks) const {
  const Shape& shape = layout_->shape;
  std::size_t bytes = metadata_bytes;
  for (const Part part : by_step) {
    if (part != Part::blobs || !shape.blobs.empty()) bytes += n_chunks * shape.chunk_bytes(part);
  }
  return bytes + shape.chunk_bytes(Part::states);
}

void Writer::make_place() { add_chunks(chunks_to_add()); }

void Writer::make_place_for(hsize_t n_steps) {
  const hsize_t per_chunk = layout_->shape.steps_per_chunk;
  const hsize_t needed = chunks_for(n_steps, per_chunk);
  const hsize_t there = capacity_ / per_chunk;
  if (needed > there) guarded(path_, Kind::io, [&] { add_chunks(needed - there); });
}

// Fewer, where the disk has no room for all.
void Writer::add_chunks(hsize_t n_chunks) {
  const Shape& shape = layout_->shape;
  while (n_chunks > 1 && !has_room(lock_.fd(), bytes_of_growth(n_chunks))) n_chunks /= 2;
  require_room(scribe_->file().fd(), path_, bytes_of_growth(n_chunks));
  const auto target = static_cast<hsize_t>(std::max<std::int64_t>(0, scribe_->target()));
  const hsize_t wanted = capacity_ / shape.steps_per_chunk + n_chunks;
  for (const Part part : by_step) {
    if (!shape.is_plain(part)) continue;
    const hsize_t there = scribe_->capacity(part) / shape.steps_per_chunk;
    if (wanted > there) grow(part, wanted - there, target);
  }
  capacity_ = capacity_of_all();
  const auto grow_to = [&](Part part, hsize_t rows) {
    const hsize_t there = scribe_->capacity(part);
    if (rows > there) grow(part, chunks_for(rows - there, shape.rows_per_chunk(part)), 0);
  };
  grow_to(Part::states, capacity_ / shape.state_interval);
  if (shape.is_compressed()) grow_to(Part::chunks, capacity_ / shape.steps_per_chunk);
}

// The last chunk may be longer than what is counted of it: no more than `most_rows`, as long as that is more than there was.
void Writer::grow(Part part, hsize_t n_chunks, hsize_t most_rows) {
  const hid_t dataset = growing_.dataset(part, run_);
  const hsize_t per_chunk = layout_->shape.rows_per_chunk(part);
  const hsize_t there = scribe_->capacity(part) / per_chunk;
  const hsize_t least = there * per_chunk + 1;
  const hsize_t most = (there + n_chunks) * per_chunk;
  set_rows(dataset, most_rows >= least ? std::min(most, most_rows) : most);
  check(H5Dflush(dataset), "flush a dataset");
  check(H5Fflush(file_.id(), H5F_SCOPE_LOCAL), "flush the file");
  for (const Extent& extent : extents_of(dataset, there, n_chunks)) {
    scribe_->file().allocate(extent.address, extent.n * layout_->shape.chunk_bytes(part));
    scribe_->extend(part, extent);
  }
}

void Writer::append_block(StepBlock& block, const std::optional<Tally>& tally) {
  if (layout_->shape.is_compressed()) {
    for (hsize_t i = 0; i < block.n; ++i) {
      record_compressed(block, i, i + 1 == block.n ? tally : std::nullopt);
    }
    return;
  }
  while (static_cast<hsize_t>(scribe_->n_steps()) + block.n > capacity_) make_place();
  scribe_->publish(block, tally);
}

void Writer::record_compressed(const StepBlock& block, hsize_t i, const std::optional<Tally>& tally) {
  append_row(chunk_, block, i, layout_->shape);
  chunk_tally_ = tally;
  if (chunk_.n == layout_->shape.steps_per_chunk) guarded(path_, Kind::io, [this] { write_chunk(); });
}

// Only whole chunks, but for the last one of a session: a reader could not unpack what is half written.
void Writer::write_chunk() {
  const Shape& shape = layout_->shape;
  const auto known = static_cast<hsize_t>(scribe_->n_steps());
  const hsize_t number = known / shape.steps_per_chunk;
  const hsize_t first = number * shape.steps_per_chunk;
  if (first + chunk_.n <= known) return;
  if (first + shape.steps_per_chunk > capacity_) make_place();
  require_room(scribe_->file().fd(), path_, bytes_of_growth(1));
  run_.write(first, {chunk_.n, chunk_.chain.data(), chunk_.log_prob.data(), chunk_.blobs.data()});
  for (const hid_t dataset : run_.growing()) check(H5Dflush(dataset), "flush a dataset");
  check(H5Fflush(file_.id(), H5F_SCOPE_LOCAL), "flush the file");
  ChunkPlaces places;
  const auto place = [number](const Dataset& dataset) {
    const StoredChunk chunk = stored_chunk(dataset.id(), number);
    return ChunkPlaces::Place{chunk.address, chunk.bytes};
  };
  places.chain = place(run_.chain);
  places.log_prob = place(run_.log_prob);
  if (run_.has_blobs()) places.blobs = place(run_.blobs);
  scribe_->write_chunk_place(number, cells_of(places));

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
    if (layout_->shape.is_compressed()) guarded(path_, Kind::io, [this] { write_chunk(); });
    scribe_->publish();
  });
  attempt([this] { scribe_->stop(); });
  if (scribe_->is_abandoned()) {
    let_go();
  } else {
    attempt([this] { guarded(path_, Kind::io, [this] { close_library(); }); });
    attempt([this] { scribe_->sync(); });
    const bool done = scribe_->published() >= scribe_->target();
    const End end = end_ != End::none ? end_ : done ? End::finished : End::interrupted;
    attempt([&] { scribe_->end(failure && end_ == End::none ? End::failed : end, reason_); });
    attempt([this] { scribe_->file().sync(); });
  }
  let_go();
  scribe_.reset();
  lock_ = Lock();
  if (failure) std::rethrow_exception(failure);
}

void Writer::close_library() {
  tell_library();
  cut_to_length();
  tell_library();
  check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), "write to the file");
  run_ = EmceeRun();
  growing_ = Growing();
  forget_in_children(descriptor_of(file_));
  if (!file_.reset()) throw Failure("close the file");
}

void Writer::cut_to_length() {
  const Shape& shape = layout_->shape;
  const auto n_steps = static_cast<hsize_t>(scribe_->published());
  for (const Part part : by_step) {
    if (shape.is_plain(part)) cut(part, n_steps);
  }
  cut(Part::states, n_steps / shape.state_interval);
  if (shape.is_compressed()) cut(Part::chunks, chunks_for(n_steps, shape.steps_per_chunk));
}

// What is given back is not kept on the disk, where the file system can do that.
void Writer::cut(Part part, hsize_t n_rows) {
  const hid_t dataset = growing_.dataset(part, run_);
  if (dims_of(dataset)[0] == n_rows) return;
  const hsize_t kept = chunks_for(n_rows, layout_->shape.rows_per_chunk(part));
  const std::size_t bytes = layout_->shape.chunk_bytes(part);
  for (const Extent& extent : scribe_->extents(part)) {
    if (extent.first + extent.n <= kept) continue;
    const hsize_t whole = kept > extent.first ? kept - extent.first : 0;
    scribe_->file().punch(extent.address + whole * bytes, (extent.n - whole) * bytes);
  }
  set_rows(dataset, n_rows);
}

// What HDF5 still holds of the file does not reach it any more.
void Writer::let_go() noexcept {
  if (!file_) return;
  try {
    const Quiet quiet;
    const int fd = descriptor_of(file_);
    forget_in_children(fd);
    disconnect(fd);
    run_ = EmceeRun();
    growing_ = Growing();
    file_.reset();
  } catch (...) {
    // The library does not know the file any more.
  }
}

}  // namespace livechain::store
