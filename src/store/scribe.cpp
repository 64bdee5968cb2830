#include "store/scribe.h"

#include "store/error.h"
#include "store/system/thread.h"

#include <algorithm>
#include <utility>

namespace livechain::store {

namespace {

constexpr std::size_t half_bytes = 512 << 10;

// What waits for the disk longer makes the end of a run wait.
constexpr std::uint64_t most_unsynced = 64 << 20;

Clock::duration seconds(double n) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::min(n, 1e8)));
}

}  // namespace

Scribe::Scribe(Descriptor file, const Layout& layout, Progress progress, const Options& options)
    : file_(std::move(file)),
      layout_(layout),
      options_(options),
      rows_are_hdf5s_(layout.shape.is_compressed()),
      progress_(std::move(progress)) {
  layout_.places->read(file_, places_);
  layout_.places->forget_rest(file_);
  n_steps_ = published_ = progress_.n_steps;
  durable_ = progress_.durable;
  target_ = progress_.target;
  begin_session();
  start_threads();
}

Scribe::~Scribe() {
  try {
    stop();
  } catch (...) {
    // What went wrong was told to those who asked.
  }
}

void Scribe::begin_session() {
  const std::optional<Beat> last = layout_.heartbeat->last(file_);
  beat_.count = last ? last->count : 0;
  beat_.writer = static_cast<std::int64_t>(draw_identity() >> 1U);
  beat_.process = Process::self();
  last_size_ = file_.state().size;
  beat(End::none, "");
  ++progress_.session;
  progress_.session_started_at = microseconds_now();
  progress_.session_first_step = progress_.n_steps;
  progress_.recent_since = next_recent_since_ = progress_.session_started_at;
  progress_.recent_first_step = next_recent_first_step_ = progress_.n_steps;
  layout_.request->write(file_, 0, {0, 0});
  write_progress();
  file_.sync();  // a power cut may not leave what this session writes with the mark that the last one has ended
}

void Scribe::start_threads() {
  if (options_.flush_interval > 0 && !rows_are_hdf5s_) publisher_ = start_thread([this] { publish_in_time(); });
  keeper_ = start_thread([this] { keep_alive(); });
}

Tally Scribe::tally() const {
  const std::lock_guard<std::mutex> lock(writing_);
  return progress_.tally;
}

void Scribe::rethrow() {
  if (!failed_) return;
  const std::lock_guard<std::mutex> lock(writing_);
  if (failure_) std::rethrow_exception(failure_);
}

core::Block Scribe::lend(hsize_t most) {
  rethrow();
  const Shape& shape = layout_.shape;
  const hsize_t room = std::max<hsize_t>(1, half_bytes / shape.step_bytes());
  {
    std::unique_lock<std::mutex> lock(taking_);
    changed_.wait(lock, [this] { return filled().is_published() || failed_; });
    filling_ = 1 - filling_;
    filling().n_taken = filling().n_published = 0;
    if (filling().rows.n == 0) filling().rows.resize(shape, room);
  }
  changed_.notify_all();
  rethrow();
  return rows_of(filling().rows, 0, std::min(room, most), shape);
}

void Scribe::append(const Tally& tally) {
  bool is_first = false;
  {
    const std::lock_guard<std::mutex> lock(taking_);
    is_first = n_steps_ == published_;
    if (is_first) oldest_pending_ = Clock::now();
    ++filling().n_taken;
    pending_tally_ = tally;
    const std::int64_t number = ++n_steps_;
    if (number % static_cast<std::int64_t>(layout_.shape.state_interval) == 0) pending_states_.emplace_back(number, tally);
  }
  if (options_.flush_interval <= 0) return publish();
  if (is_first) changed_.notify_all();
  rethrow();
}

void Scribe::publish() {
  {
    const std::lock_guard<std::mutex> lock(writing_);
    publish_locked();
  }
  rethrow();
}

void Scribe::publish(StepBlock& block, const std::optional<Tally>& tally) {
  {
    const std::lock_guard<std::mutex> lock(writing_);
    try {
      require_own_file();
      const std::int64_t n_steps = progress_.n_steps + static_cast<std::int64_t>(block.n);
      const bool at_state = n_steps % static_cast<std::int64_t>(layout_.shape.state_interval) == 0;
      if (at_state && tally) states_.emplace_back(n_steps, *tally);
      write_block(block, 0, block.n);
      states_.clear();
      is_tally_known_ = tally.has_value();
      if (tally) progress_.tally = *tally;
      write_progress();
      n_steps_ = published_ = progress_.n_steps;
    } catch (...) {
      failure_ = std::current_exception();
      failed_ = true;
    }
  }
  rethrow();
}

// First the rows, then how many there are, so that a reader never looks for more than there is.
void Scribe::publish_locked() {
  if (failed_ || abandoned_) return;
  struct Rows {
    Half* half;
    hsize_t first, n;
  } of[2];
  {
    const std::lock_guard<std::mutex> lock(taking_);
    if (n_steps_ == published_) return;
    of[0] = {&filled(), filled().n_published, filled().n_taken - filled().n_published};
    of[1] = {&filling(), filling().n_published, filling().n_taken - filling().n_published};
    std::swap(pending_states_, states_);
    progress_.tally = pending_tally_;
  }
  try {
    require_own_file();
    for (const Rows& rows : of) write_block(rows.half->rows, rows.first, rows.n);
    write_progress();
    const std::lock_guard<std::mutex> lock(taking_);
    for (const Rows& rows : of) rows.half->n_published += rows.n;
    published_ = progress_.n_steps;
  } catch (...) {
    failure_ = std::current_exception();
    failed_ = true;
  }
  states_.clear();
}

// The next steps of the file.
void Scribe::write_block(StepBlock& block, hsize_t first_row, hsize_t n) {
  if (n == 0) return;
  const Shape& shape = layout_.shape;
  const auto first = static_cast<hsize_t>(progress_.n_steps);
  block.checksums.resize(block.n);
  for (hsize_t i = 0; i < n; ++i) {
    block.checksums[first_row + i] = checksum_of(block, first_row + i, shape, layout_.identity, first + i + 1);
  }
  const auto write = [&](Part part, const void* rows) { write_rows(file_, places_, shape, part, first, n, rows); };
  if (!rows_are_hdf5s_) {
    const core::Block rows = rows_of(block, first_row, n, shape);
    write(Part::chain, rows.positions);
    write(Part::log_prob, rows.log_prob);
    if (!shape.blobs.empty()) write(Part::blobs, rows.blobs);
  }
  write(Part::checksum, block.checksums.data() + first_row);
  for (const auto& [step, tally] : states_) {
    Cells cells = cells_of_state(step, tally);
    cells.push_back(checksum_of(cells.data(), cells.size(), layout_.identity));
    const auto row = static_cast<hsize_t>(step) / shape.state_interval - 1;
    write_rows(file_, places_, shape, Part::states, row, 1, cells.data());
  }
  states_.clear();
  progress_.n_steps += static_cast<std::int64_t>(n);
  unsynced_ += n * shape.step_bytes();
  if (unsynced_ >= most_unsynced) ending_.notify_all();
}

void Scribe::write_progress() {
  if (!is_tally_known_) return;
  progress_.published_at = microseconds_now();
  progress_.target = target_;
  progress_.durable = durable_;
  move_recent();
  ++progress_.publication;
  layout_.progress->write(file_, progress_);
}

// The time that counts as recent begins between one and two windows ago.
void Scribe::move_recent() {
  constexpr std::int64_t window = 2000000;
  if (progress_.published_at - next_recent_since_ < window) return;
  progress_.recent_since = next_recent_since_;
  progress_.recent_first_step = next_recent_first_step_;
  next_recent_since_ = progress_.published_at;
  next_recent_first_step_ = progress_.n_steps;
}

void Scribe::set_target(std::int64_t n_steps) {
  const std::lock_guard<std::mutex> lock(writing_);
  target_ = n_steps;
  if (!failed_ && !abandoned_) write_progress();
}

void Scribe::set_updated(std::int64_t step) {
  const std::lock_guard<std::mutex> lock(writing_);
  if (progress_.updated_at == step) return;
  progress_.updated_at = step;
  write_progress();
}

void Scribe::add_lost_workers(std::int64_t n) {
  const std::lock_guard<std::mutex> lock(writing_);
  if (!layout_.lost_workers || failed_ || abandoned_) return;
  layout_.lost_workers->write(file_, 0, {n_lost_workers(layout_, file_) + n});
}

hsize_t Scribe::capacity(Part part) const {
  const std::lock_guard<std::mutex> lock(writing_);
  return places_.capacity(part, layout_.shape);
}

bool Scribe::is_scattered() const {
  const std::lock_guard<std::mutex> lock(writing_);
  return layout_.places->is_half_full();
}

void Scribe::keep_places(Part part, hsize_t n_chunks) {
  const std::lock_guard<std::mutex> lock(writing_);
  places_.keep(part, n_chunks);
}

std::vector<hdf5::Extent> Scribe::extents(Part part) const {
  const std::lock_guard<std::mutex> lock(writing_);
  return places_.extents(part);
}

void Scribe::extend(Part part, const hdf5::Extent& extent) {
  const std::lock_guard<std::mutex> lock(writing_);
  if (!layout_.places->has_room(1)) {
    throw Error(Kind::io, file_.path(), "its rows stand in too many pieces: resume the run, which lays them out anew");
  }
  layout_.places->add(file_, part, extent);
  places_.add(part, extent);
}

void Scribe::write_chunk_place(hsize_t chunk, const Cells& cells) {
  const std::lock_guard<std::mutex> lock(writing_);
  Cells whole = cells;
  whole.push_back(checksum_of(cells.data(), cells.size(), layout_.identity));
  write_rows(file_, places_, layout_.shape, Part::chunks, chunk, 1, whole.data());
}

// The file may have been deleted, replaced, cut, or overwritten; and another session may believe that this one is dead.
void Scribe::require_own_file() {
  const Descriptor::State state = file_.state();
  const char* what = nullptr;
  Kind kind = Kind::gone;
  if (state.links == 0) {
    what = "the file was deleted or replaced";
  } else if (state.size < last_size_) {
    what = "the file was cut short";
  } else {
    const std::optional<Beat> last = layout_.heartbeat->last(file_);
    if (!last) {
      what = "another file was copied over it";
    } else if (last->writer != beat_.writer) {
      what = "another session has taken the run up";
      kind = Kind::taken_over;
    }
  }
  if (what == nullptr) {
    last_size_ = state.size;
    return;
  }
  abandoned_ = true;
  throw Error(kind, file_.path(), what);
}

// A file is made under another name than it gets.
void Scribe::require_own_name() {
  const bool has_it = id_of(file_.path()) == file_.id();
  if (!has_it && had_its_name_) {
    abandoned_ = true;
    throw Error(Kind::gone, file_.path(), "the file was renamed, moved or replaced");
  }
  had_its_name_ = has_it;
}

void Scribe::beat(End end, const std::string& reason) {
  ++beat_.count;
  beat_.at = microseconds_now();
  beat_.end = end;
  beat_.reason = reason;
  layout_.heartbeat->write(file_, beat_);
}

void Scribe::publish_in_time() {
  std::unique_lock<std::mutex> lock(taking_);
  while (!stopping_) {
    if (n_steps_ == published_) {
      changed_.wait(lock, [this] { return stopping_ || n_steps_ != published_; });
      continue;
    }
    const auto due = oldest_pending_ + seconds(options_.flush_interval);
    changed_.wait_until(lock, due, [this] { return stopping_ || !filled().is_published(); });
    lock.unlock();
    {
      const std::lock_guard<std::mutex> writing(writing_);
      publish_locked();
    }
    changed_.notify_all();
    lock.lock();
    if (failed_) return;
  }
}

void Scribe::keep_alive() {
  auto next_beat = Clock::now() + seconds(Heartbeat::interval);
  auto next_sync = Clock::now() + seconds(options_.sync_interval);
  std::unique_lock<std::mutex> lock(taking_);
  while (!stopping_) {
    ending_.wait_until(lock, std::min(next_beat, next_sync), [this] { return stopping_ || unsynced_ >= most_unsynced; });
    if (stopping_) return;
    lock.unlock();
    try {
      if (Clock::now() >= next_beat) {
        const std::lock_guard<std::mutex> writing(writing_);
        if (!failed_ && !abandoned_) {
          require_own_file();
          require_own_name();
          beat(End::none, "");
          look_for_requests();
        }
        next_beat = Clock::now() + seconds(Heartbeat::interval);
      }
      if (Clock::now() >= next_sync || unsynced_ >= most_unsynced) {
        sync_now();
        next_sync = Clock::now() + seconds(options_.sync_interval);
      }
    } catch (...) {
      const std::lock_guard<std::mutex> writing(writing_);
      failure_ = std::current_exception();
      failed_ = true;
    }
    lock.lock();
  }
}

void Scribe::look_for_requests() {
  const std::optional<Cells> request = layout_.request->read(file_, 0);
  if (request && (*request)[0] == beat_.writer && (*request)[1] == 1) asked_ = true;
}

// What is kept goes to the disk with the rows that it speaks of; only then are they durable.
void Scribe::sync_now() {
  const std::lock_guard<std::mutex> syncing(syncing_);
  std::int64_t n_steps = 0;
  unsynced_ = 0;
  {
    const std::lock_guard<std::mutex> writing(writing_);
    if (failed_ || abandoned_ || !is_tally_known_ || progress_.publication == synced_publication_) return;
    layout_.progress->keep(file_, progress_);
    n_steps = progress_.n_steps;
  }
  file_.sync();
  const std::lock_guard<std::mutex> writing(writing_);
  if (failed_ || abandoned_) return;
  durable_ = n_steps;
  write_progress();
  synced_publication_ = progress_.publication;
}

void Scribe::sync() {
  sync_now();
  rethrow();
}

void Scribe::stop() {
  {
    const std::lock_guard<std::mutex> lock(taking_);
    stopping_ = true;
  }
  changed_.notify_all();
  ending_.notify_all();
  if (publisher_.joinable()) publisher_.join();
  if (keeper_.joinable()) keeper_.join();
}

void Scribe::end(End end, const std::string& reason) {
  const std::lock_guard<std::mutex> lock(writing_);
  if (!abandoned_) beat(end, reason);
}

void Scribe::abandon() {
  const std::lock_guard<std::mutex> lock(writing_);
  abandoned_ = true;
}

bool Scribe::is_abandoned() const {
  const std::lock_guard<std::mutex> lock(writing_);
  return abandoned_;
}

}  // namespace livechain::store
