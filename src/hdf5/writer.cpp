#include "hdf5/writer.h"

#include "hdf5/anew.h"
#include "hdf5/guard.h"
#include "hdf5/recovery.h"
#include "hdf5/room.h"

#include <sys/stat.h>
#include <unistd.h>

namespace livechain::hdf5 {

namespace {

constexpr std::size_t most_pending = 1 << 20;  // bytes of steps in memory

std::string host_name() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

bool file_exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

off_t size_of(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 ? status.st_size : 0;
}

bool made_by_other(const std::string& path, const std::string& name) {
  const File file = open_idle(path);
  return !open_run(file.id(), path, name).progress;
}

}  // namespace

Writer::Writer(std::string path, Lock lock, const WriterOptions& options)
    : path_(std::move(path)), options_(options), lock_(std::move(lock)), owner_(getpid()) {}

Writer Writer::create(const std::string& path, const std::string& name, const Description& description,
                      const Steps& initial, const WriterOptions& options, bool overwrite) {
  return guarded(path, Kind::io, [&] {
    Lock present;
    const bool replace = file_exists(path);
    if (replace) {
      present = Lock::take(path);
      mend(present, path);
      const File file = open_idle(path);
      if (has_link(file.id(), name.c_str()) && !overwrite) throw Error(Kind::exists, path, name);
    }
    Aside aside(path);
    const std::size_t start = description.n_walkers * (8 * (description.n_parameters + 1) + description.blobs.size());
    fill_aside(aside, path, replace, start, [&](hid_t file) {
      create_run(file, name, description, initial).progress->write(first_progress(description));
    });
    // Open before it is in its place: a reader never finds a file that it cannot open.
    Writer writer(path, Lock(), options);
    writer.open(aside.path(), name);
    aside.publish(replace);
    writer.lock_ = aside.take_lock();
    writer.published_size_ = size_of(writer.lock_.fd());
    return writer;
  });
}

Writer Writer::resume(const std::string& path, const std::string& name, const Description& description,
                      const WriterOptions& options) {
  return guarded(path, Kind::io, [&] {
    remove_leftovers(path);
    Lock lock = Lock::take(path);
    mend(lock, path);
    if (made_by_other(path, name)) lock = adopt(path, name, description);
    Writer writer(path, std::move(lock), options);
    writer.open(path, name);
    writer.published_size_ = size_of(writer.lock_.fd());
    return writer;
  });
}

// In SWMR mode from the first moment, so that a process that dies here, too, leaves a readable file.
void Writer::open(const std::string& at, const std::string& name) {
  file_ = open_to_write(at, options_.swmr);
  run_ = open_run(file_.id(), path_, name);
  progress_ = run_.newest();
  run_.set_host(host_name());
  check(H5Oflush(run_.own.id()), "flush the name of the host");
  progress_.writer_pid = getpid();
  progress_.session_started_at = microseconds_now();
  progress_.session_first_step = progress_.n_steps;
  progress_.recent_since = next_recent_since_ = progress_.session_started_at;
  progress_.recent_first_step = next_recent_first_step_ = progress_.n_steps;
  write_progress();
  if (is_compressed(run_.chain.id())) whole_chunk_ = chunk_of(run_.chain.id())[0];
  reserve_ = metadata_bytes;
  for (const hid_t dataset : run_.growing()) reserve_ += bytes_of_chunk(dataset);
  last_look_ = Clock::now();
}

Writer::~Writer() {
  if (!file_ || owner_ != getpid()) return;
  try {
    close();
  } catch (...) {
    // Nobody is left to be told; what was published is in the file.
  }
}

State Writer::state() const {
  return guarded(path_, Kind::damaged,
                 [this] { return run_.state_after(static_cast<hsize_t>(progress_.n_steps)); });
}

void Writer::append(const double* positions, const double* log_prob, const std::byte* blobs,
                    const Tally& tally) {
  const Clock::time_point now = Clock::now();
  if (n_pending_ == 0) oldest_pending_ = now;
  const std::size_t n_walkers = run_.n_walkers;
  chain_.insert(chain_.end(), positions, positions + n_walkers * run_.n_parameters);
  log_prob_.insert(log_prob_.end(), log_prob, log_prob + n_walkers);
  blobs_.insert(blobs_.end(), blobs, blobs + n_walkers * run_.blob_type.size());
  tally_ = tally;
  ++n_pending_;
  if (whole_chunk_ > 0 ? at_whole_chunk() : pending_bytes() >= most_pending || is_due(now)) publish();
  last_look_ = now;
}

void Writer::tick() {
  const Clock::time_point now = Clock::now();
  if (n_pending_ > 0 && whole_chunk_ == 0 && is_due(now)) publish();
  last_look_ = now;
}

// The next look will come about as long after this one as this one came after the last.
bool Writer::is_due(Clock::time_point now) const {
  const auto interval = std::chrono::duration<double>(options_.flush_interval);
  return (now + (now - last_look_)) - oldest_pending_ >= interval;
}

bool Writer::at_whole_chunk() const {
  return static_cast<hsize_t>(n_steps()) % whole_chunk_ == 0;
}

void Writer::publish() {
  if (n_pending_ == 0 || (whole_chunk_ > 0 && !at_whole_chunk())) return;
  guarded(path_, Kind::io, [this] { write_pending(); });
}

// First the rows and the end of the file, then how many there are, so that a reader never looks for more than there
// is; then what other programs go by.
void Writer::write_pending() {
  require_own_file();
  require_space();
  if (n_pending_ > 0) write_rows();
  check(H5Fflush(file_.id(), H5F_SCOPE_LOCAL), "flush the file");
  write_progress();
  run_.write_accepted(progress_.accepted);
  run_.set_iteration(progress_.n_steps);
  check(H5Oflush(run_.group.id()), "flush the number of steps");
  published_size_ = size_of(lock_.fd());
}

void Writer::write_rows() {
  run_.write(static_cast<hsize_t>(progress_.n_steps),
             {n_pending_, chain_.data(), log_prob_.data(), blobs_.data()});
  for (const hid_t dataset : run_.growing()) check(H5Dflush(dataset), "flush a dataset");
  progress_.n_steps += static_cast<std::int64_t>(n_pending_);
  progress_.accepted = tally_.accepted;
  progress_.n_nan = tally_.n_nan;
  progress_.memory = tally_.memory;
  n_pending_ = 0;
  chain_.clear();
  log_prob_.clear();
  blobs_.clear();
}

void Writer::write_progress() {
  progress_.published_at = microseconds_now();
  move_recent();
  ++progress_.publication;
  run_.progress->write(progress_);
}

// The time that counts as recent begins between one and two windows ago.
void Writer::move_recent() {
  constexpr std::int64_t window = 2000000;
  if (progress_.published_at - next_recent_since_ < window) return;
  progress_.recent_since = next_recent_since_;
  progress_.recent_first_step = next_recent_first_step_;
  next_recent_since_ = progress_.published_at;
  next_recent_first_step_ = progress_.n_steps;
}

void Writer::set_target(std::int64_t n_steps) {
  progress_.target = n_steps;
  guarded(path_, Kind::io, [this] { write_progress(); });
}

void Writer::close() {
  if (!file_) return;
  try {
    guarded(path_, Kind::io, [this] { write_pending(); });
  } catch (...) {
    shut();
    throw;
  }
  shut();
}

void Writer::shut() {
  guarded(path_, Kind::io, [this] {
    run_ = Run();
    if (!file_.reset()) throw Failure("close the file");
  });
  lock_ = Lock();
}

std::size_t Writer::pending_bytes() const {
  return sizeof(double) * (chain_.size() + log_prob_.size()) + blobs_.size();
}

void Writer::require_own_file() const {
  struct stat status {};
  if (fstat(lock_.fd(), &status) != 0 || status.st_nlink == 0) {
    throw Error(Kind::gone, path_, "the file was deleted or replaced");
  }
  if (status.st_size < published_size_) throw Error(Kind::gone, path_, "the file was cut short");
}

// Room for the pending steps, a new chunk of each dataset, and what closing takes.
void Writer::require_space() const { require_room(lock_.fd(), path_, pending_bytes() + reserve_); }

bool repair(const std::string& path) {
  return guarded(path, Kind::io, [&path] {
    remove_leftovers(path);
    Lock lock = Lock::take(path);
    return mend(lock, path);
  });
}

}  // namespace livechain::hdf5
