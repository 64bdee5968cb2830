#include "store/growing_run.h"

#include "store/compressed.h"
#include "store/opening.h"
#include "store/system/fork.h"
#include "store/system/room.h"

#include <algorithm>

namespace livechain::store {

using namespace hdf5;

namespace {

constexpr Part by_step[] = {Part::chain, Part::log_prob, Part::blobs, Part::checksum};
constexpr Part all_parts[] = {Part::chain, Part::log_prob, Part::blobs, Part::checksum, Part::states, Part::chunks};

hsize_t chunks_for(hsize_t rows, hsize_t rows_per_chunk) { return (rows + rows_per_chunk - 1) / rows_per_chunk; }

hsize_t target_of(const Scribe& scribe) { return static_cast<hsize_t>(std::max<std::int64_t>(0, scribe.target())); }

}  // namespace

GrowingRun::GrowingRun(const std::string& at, const std::string& path, const std::string& name, bool swmr)
    : path_(path), file_(open_to_write(at, swmr)) {
  in_children(descriptor_of(file_), Fate::disconnect);
  try {
    run_ = open_emcee_run(file_.id(), path_, name);
    const Group own = open_own_group(file_.id(), path_, name);
    layout_ = open_layout(own.id());
    growing_ = open_growing(own.id(), layout_.shape);
  } catch (...) {
    let_go();
    throw;
  }
}

void GrowingRun::match_places(Scribe& scribe) {
  const Shape& shape = layout_.shape;
  for (const Part part : all_parts) {
    if (!shape.is_plain(part)) continue;
    const hid_t dataset = growing_.dataset(part, run_);
    const hsize_t per_chunk = shape.rows_per_chunk(part);
    const hsize_t there = chunks_for(dims_of(dataset)[0], per_chunk);
    const hsize_t known = scribe.capacity(part) / per_chunk;
    if (there < known) scribe.keep_places(part, there);
    if (there > known) {
      for (const Extent& extent : extents_of(dataset, known, there - known)) scribe.extend(part, extent);
    }
  }
  capacity_ = capacity_of_all(scribe);
}

// A power cut may leave some of the parts longer than others.
hsize_t GrowingRun::capacity_of_all(const Scribe& scribe) const {
  hsize_t least = scribe.capacity(Part::checksum);
  for (const Part part : by_step) {
    if (layout_.shape.is_plain(part)) least = std::min(least, scribe.capacity(part));
  }
  return least;
}

void GrowingRun::make_place(Scribe& scribe) { add_chunks(scribe, chunks_to_add(scribe)); }

void GrowingRun::make_place_for(Scribe& scribe, hsize_t n_steps) {
  const hsize_t per_chunk = layout_.shape.steps_per_chunk;
  const hsize_t needed = chunks_for(n_steps, per_chunk);
  const hsize_t there = capacity_ / per_chunk;
  if (needed > there) add_chunks(scribe, needed - there);
}

// An eighth of what is there, so that it happens ever less often, or as much again where places become scarce. A target that
// is to come is not gone beyond.
hsize_t GrowingRun::chunks_to_add(const Scribe& scribe) const {
  const hsize_t per_chunk = layout_.shape.steps_per_chunk;
  const hsize_t there = capacity_ / per_chunk;
  const hsize_t wanted = std::max<hsize_t>(1, scribe.is_scattered() ? there : there / 8);
  const hsize_t for_target = chunks_for(target_of(scribe), per_chunk);
  return for_target > there ? std::min(wanted, for_target - there) : wanted;
}

std::size_t GrowingRun::bytes_of_growth(hsize_t n_chunks) const {
  const Shape& shape = layout_.shape;
  std::size_t bytes = metadata_bytes;
  for (const Part part : by_step) {
    if (part != Part::blobs || !shape.blobs.empty()) bytes += n_chunks * shape.chunk_bytes(part);
  }
  return bytes + shape.chunk_bytes(Part::states);
}

// Fewer, where the disk has no room for all.
void GrowingRun::add_chunks(Scribe& scribe, hsize_t n_chunks) {
  const Shape& shape = layout_.shape;
  const int fd = scribe.file().fd();
  while (n_chunks > 1 && !has_room(fd, bytes_of_growth(n_chunks))) n_chunks /= 2;
  require_room(fd, path_, bytes_of_growth(n_chunks));
  const hsize_t wanted = capacity_ / shape.steps_per_chunk + n_chunks;
  for (const Part part : by_step) {
    if (!shape.is_plain(part)) continue;
    const hsize_t there = scribe.capacity(part) / shape.steps_per_chunk;
    if (wanted > there) grow(scribe, part, wanted - there, target_of(scribe));
  }
  capacity_ = capacity_of_all(scribe);
  const auto grow_to = [&](Part part, hsize_t rows) {
    const hsize_t there = scribe.capacity(part);
    if (rows > there) grow(scribe, part, chunks_for(rows - there, shape.rows_per_chunk(part)), 0);
  };
  grow_to(Part::states, capacity_ / shape.state_interval);
  if (shape.is_compressed()) grow_to(Part::chunks, capacity_ / shape.steps_per_chunk);
}

// The last chunk may be longer than what is counted of it: no more than `most_rows`, as long as that is more than there was.
void GrowingRun::grow(Scribe& scribe, Part part, hsize_t n_chunks, hsize_t most_rows) const {
  const hid_t dataset = growing_.dataset(part, run_);
  const hsize_t per_chunk = layout_.shape.rows_per_chunk(part);
  const hsize_t there = scribe.capacity(part) / per_chunk;
  const hsize_t least = there * per_chunk + 1;
  const hsize_t most = (there + n_chunks) * per_chunk;
  set_rows(dataset, most_rows >= least ? std::min(most, most_rows) : most);
  check(H5Dflush(dataset), "flush a dataset");
  check(H5Fflush(file_.id(), H5F_SCOPE_LOCAL), "flush the file");
  for (const Extent& extent : extents_of(dataset, there, n_chunks)) {
    scribe.file().allocate(extent.address, extent.n * layout_.shape.chunk_bytes(part));
    scribe.extend(part, extent);
  }
}

Cells GrowingRun::write_chunk(hsize_t number, const StepBlock& rows, const Scribe& scribe) const {
  require_room(scribe.file().fd(), path_, bytes_of_growth(1));
  run_.write(number * layout_.shape.steps_per_chunk, {rows.n, rows.chain.data(), rows.log_prob.data(), rows.blobs.data()});
  for (const hid_t dataset : run_.growing()) check(H5Dflush(dataset), "flush a dataset");
  check(H5Fflush(file_.id(), H5F_SCOPE_LOCAL), "flush the file");
  const auto place = [number](const Dataset& dataset) {
    const StoredChunk chunk = stored_chunk(dataset.id(), number);
    return ChunkPlaces::Place{chunk.address, chunk.bytes};
  };
  ChunkPlaces places;
  places.chain = place(run_.chain);
  places.log_prob = place(run_.log_prob);
  if (run_.has_blobs()) places.blobs = place(run_.blobs);
  return cells_of(places);
}

void GrowingRun::tell(std::int64_t n_steps, const std::vector<std::int64_t>& accepted) const {
  run_.write_accepted(accepted);
  run_.set_iteration(n_steps);
  check(H5Oflush(run_.group.id()), "flush the number of steps");
}

void GrowingRun::close(Scribe& scribe) {
  const std::vector<std::int64_t> accepted = scribe.tally().accepted;
  tell(scribe.published(), accepted);
  cut_to(scribe, static_cast<hsize_t>(scribe.published()));
  tell(scribe.published(), accepted);
  check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), "write to the file");
  run_ = EmceeRun();
  growing_ = Growing();
  forget_in_children(descriptor_of(file_));
  if (!file_.reset()) throw Failure("close the file");
}

void GrowingRun::cut_to(Scribe& scribe, hsize_t n_steps) const {
  const Shape& shape = layout_.shape;
  for (const Part part : by_step) {
    if (shape.is_plain(part)) cut(scribe, part, n_steps);
  }
  cut(scribe, Part::states, n_steps / shape.state_interval);
  if (shape.is_compressed()) cut(scribe, Part::chunks, chunks_for(n_steps, shape.steps_per_chunk));
}

// What is given back is not kept on the disk, where the file system can do that.
void GrowingRun::cut(Scribe& scribe, Part part, hsize_t n_rows) const {
  const hid_t dataset = growing_.dataset(part, run_);
  if (dims_of(dataset)[0] == n_rows) return;
  const hsize_t kept = chunks_for(n_rows, layout_.shape.rows_per_chunk(part));
  const std::size_t bytes = layout_.shape.chunk_bytes(part);
  for (const Extent& extent : scribe.extents(part)) {
    if (extent.first + extent.n <= kept) continue;
    const hsize_t whole = kept > extent.first ? kept - extent.first : 0;
    scribe.file().punch(extent.address + whole * bytes, (extent.n - whole) * bytes);
  }
  set_rows(dataset, n_rows);
}

void GrowingRun::let_go() noexcept {
  if (!file_) return;
  try {
    const Quiet quiet;
    cut_off(file_);
    run_ = EmceeRun();
    growing_ = Growing();
    file_.reset();
  } catch (...) {
    // The library does not know the file any more.
  }
}

}  // namespace livechain::store
