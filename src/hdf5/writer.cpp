#include "hdf5/writer.h"

#include "hdf5/aside.h"
#include "hdf5/copy.h"
#include "hdf5/guard.h"
#include "hdf5/recovery.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace livechain::hdf5 {

namespace {

constexpr std::size_t most_pending = 1 << 20;  // bytes of steps in memory

std::string host_name() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

bool file_exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

bool format_allows_swmr(const std::string& path) { return format_of(path) != Format::old; }

// HDF5 does not survive a full disk, so it never gets to see one: there must be room before it is asked to write.
void require_room(int fd, const std::string& path, std::size_t bytes) {
  struct statvfs disk {};
  if (fstatvfs(fd, &disk) == 0 && disk.f_bavail * disk.f_frsize < bytes) {
    errno = ENOSPC;
    throw system_error(path, "write to it");
  }
  struct stat status {};
  struct rlimit limit {};
  const bool limited = getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
                       fstat(fd, &status) == 0;
  if (limited && static_cast<rlim_t>(status.st_size) + bytes > limit.rlim_cur) {
    errno = EFBIG;
    throw system_error(path, "write to it");
  }
}

// What the library writes beside the steps.
constexpr std::size_t metadata_bytes = 128 << 10;

std::size_t size_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? static_cast<std::size_t>(status.st_size) : 0;
}

off_t size_of(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 ? status.st_size : 0;
}

void copy_steps(const Run& from, const Run& to, hsize_t n_steps) {
  const hsize_t most = std::max<hsize_t>(1, (4 << 20) / (8 * from.n_walkers * from.n_parameters));
  std::vector<double> chain, log_prob;
  std::vector<std::byte> blobs;
  for (hsize_t first = 0; first < n_steps; first += most) {
    const Rows rows{first, std::min(most, n_steps - first), 1};
    chain.resize(rows.n * from.n_walkers * from.n_parameters);
    log_prob.resize(rows.n * from.n_walkers);
    blobs.resize(rows.n * from.n_walkers * from.blob_type.size());
    from.read_chain(rows, 0, from.n_parameters, chain.data());
    from.read_log_prob(rows, log_prob.data());
    if (from.has_blobs()) from.read_blobs(rows, blobs.data());
    to.write(first, {rows.n, chain.data(), log_prob.data(), blobs.data()});
  }
}

Progress first_progress(const Description& description) {
  Progress progress;
  progress.publication = 1;
  progress.target = description.target;
  progress.published_at = microseconds_now();
  progress.session_started_at = progress.published_at;
  progress.writer_pid = getpid();
  progress.accepted.assign(description.n_walkers, 0);
  progress.memory = description.memory;
  return progress;
}

// Lays the run out in a file aside, with the other runs of the file that it will replace.
template <class Fill>
void fill_aside(const Aside& aside, const std::string& path, const std::string& name, bool replace,
                std::size_t bytes, Fill fill) {
  require_room(aside.fd(), path, metadata_bytes + bytes + (replace ? size_of(path) : 0));
  const File file = create_file(aside.path());
  if (replace) copy_all_but(name, open_to_read(path, format_allows_swmr(path)), file);
  fill(file);
}

// Another program made the run: the rows are copied into our layout.
Lock adopt(const std::string& path, const std::string& name, Description description) {
  const File source = open_to_read(path, format_allows_swmr(path));
  const Run theirs = open_run(source.id(), path, name);
  const auto n_steps = static_cast<hsize_t>(theirs.iteration());
  theirs.require_explained(n_steps, size_of(path));
  description.n_walkers = theirs.n_walkers;
  description.n_parameters = theirs.n_parameters;
  description.blobs = theirs.blob_type;
  description.deflate = is_compressed(theirs.chain.id()) ? 4 : 0;
  description.target = static_cast<std::int64_t>(n_steps);

  Aside aside(path);
  const std::size_t step = 8 * theirs.n_walkers * (theirs.n_parameters + 1);
  fill_aside(aside, path, name, true, n_steps * step, [&](const File& file) {
    const Run ours = create_run(file.id(), name, description, Steps());
    copy_steps(theirs, ours, n_steps);
    Progress progress = first_progress(description);
    progress.n_steps = theirs.iteration();
    progress.accepted = theirs.read_accepted();
    ours.progress->write(progress);
    ours.write_accepted(progress.accepted);
    ours.set_iteration(progress.n_steps);
  });
  aside.publish(true);
  return aside.take_lock();
}

bool made_by_other(const std::string& path, const std::string& name) {
  const File file = open_to_read(path, format_allows_swmr(path));
  return !open_run(file.id(), path, name).progress;
}

// What another program added to a run of ours after we closed it becomes ours.
void take_over_foreign_steps(const Run& run, Progress& progress) {
  const std::int64_t iteration = run.iteration();
  if (iteration <= progress.n_steps) return;
  progress.n_steps = iteration;
  progress.accepted = run.read_accepted();
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
      const File file = open_to_read(path, format_allows_swmr(path));
      if (has_link(file.id(), name.c_str()) && !overwrite) throw Error(Kind::exists, path, name);
    }
    Aside aside(path);
    const std::size_t start = description.n_walkers * (8 * (description.n_parameters + 1) + description.blobs.size());
    fill_aside(aside, path, name, replace, start, [&](const File& file) {
      create_run(file.id(), name, description, initial).progress->write(first_progress(description));
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
  progress_ = run_.progress->newest();
  take_over_foreign_steps(run_, progress_);
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

// First the rows, then how many there are, so that a reader never looks for more than there is; then what
// other programs go by, and the end of the file.
void Writer::write_pending() {
  require_own_file();
  require_space();
  if (n_pending_ > 0) write_rows();
  write_progress();
  run_.write_accepted(progress_.accepted);
  run_.set_iteration(progress_.n_steps);
  check(H5Oflush(run_.group.id()), "flush the number of steps");
  check(H5Fflush(file_.id(), H5F_SCOPE_LOCAL), "flush the file");
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
    const Lock lock = Lock::take(path);
    return mend(lock, path);
  });
}

}  // namespace livechain::hdf5
