#include "hdf5/reader.h"

#include "hdf5/guard.h"
#include "hdf5/lock.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace livechain::hdf5 {

namespace {

hsize_t file_bytes(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? static_cast<hsize_t>(status.st_size) : 0;
}

FileId id_of(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {};
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

using Open = File (*)(const std::string& path, bool swmr);

File open_any(const std::string& path, bool swmr, bool& live, Open open = open_to_read) {
  const Format format = format_of(path);
  if (format == Format::other) throw Error(Kind::not_hdf5, path, "no HDF5 signature");
  live = swmr && format != Format::old;
  const bool dead = format == Format::unclosed && !Lock::is_held(path);
  if (dead) live = false;
  try {
    return dead ? open_dead(path, format) : open(path, live);
  } catch (const Failure& failure) {
    const bool written_to = format == Format::unclosed || format == Format::swmr;
    if (written_to && Lock::is_held(path)) throw Error(Kind::unreadable, path, failure.what());
    throw;
  }
}

}  // namespace

OpenRun::OpenRun(std::string path, std::string name, bool swmr)
    : path_(std::move(path)), name_(std::move(name)), swmr_(swmr) {
  open();
}

void OpenRun::open() {
  run_ = Run();
  file_ = File();
  id_ = id_of(path_);
  file_ = open_any(path_, swmr_, live_);
  run_ = open_run(file_.id(), path_, name_);
  if (!(id_of(path_) == id_)) throw Failure("open a file that was replaced in this moment");
  // What a writer in this very process has in memory is newer than the file.
  unsigned intent = 0;
  check(H5Fget_intent(file_.id(), &intent), "find out how the file is open");
  live_ = live_ && (intent & H5F_ACC_RDWR) == 0;
  n_visible_ = 0;
  session_ = run_.progress ? newest_known().session_started_at : 0;
}

// A run that was taken up by another writer may have been mended in between: what HDF5 remembers of the file
// is then forgotten.
Progress OpenRun::refresh() {
  if (!is_open()) open();
  Progress progress = newest();
  if (progress.session_started_at != session_ && id_of(path_) == id_) {
    open();
    progress = newest();
  }
  const auto n_steps = static_cast<hsize_t>(progress.n_steps);
  if (n_steps != n_visible_) require_rows(n_steps);
  n_visible_ = n_steps;
  return progress;
}

Progress OpenRun::newest_known() const {
  const std::vector<Progress> published = run_.progress->read();
  if (published.empty()) throw Failure("find out how many steps there are");
  return published.front();
}

// `iteration` is written after the table, so it can be ahead of it only when another program, emcee,
// went on with the run.
Progress OpenRun::newest() const {
  const std::int64_t iteration = run_.iteration();
  Progress progress = run_.progress ? newest_known() : Progress();
  if (iteration > progress.n_steps || !run_.progress) {
    progress.n_steps = iteration;
    progress.target = std::max(progress.target, iteration);
    const std::vector<double> accepted = run_.read_accepted();
    progress.accepted.assign(accepted.begin(), accepted.end());
  }
  if (progress.n_steps < 0) throw Failure("make sense of a negative number of steps");
  return progress;
}

// No more steps are believed in than the file can hold. Deflate cannot shrink data by more than 1032 to 1.
void OpenRun::require_rows(hsize_t n_steps) {
  const hsize_t most_bytes = (compressed() ? 1032 : 1) * file_bytes(path_);
  for (const hid_t dataset : run_.growing()) {
    if (live_) check(H5Drefresh(dataset), "see what was written");
    const Dims dims = dims_of(dataset);
    if (dims[0] < n_steps) throw Failure("find all steps that were published");
    hsize_t bytes = H5Tget_size(type_of(dataset).id());
    for (std::size_t i = 1; i < dims.size(); ++i) bytes *= dims[i];
    if (n_steps > 0 && bytes > most_bytes / n_steps) {
      throw Failure("find the data of all steps that were published");
    }
  }
}

bool OpenRun::compressed() const { return is_compressed(run_.chain.id()); }

namespace {

std::shared_ptr<OpenRun> open_shared(const std::string& path, const std::string& name, bool swmr) {
  using Key = std::tuple<std::uint64_t, std::uint64_t, std::string, bool>;
  static std::map<Key, std::weak_ptr<OpenRun>> opened;
  const FileId id = id_of(path);
  const std::shared_ptr<OpenRun> known = opened[{id.device, id.number, name, swmr}].lock();
  if (known && known->is_open()) return known;
  const auto fresh = std::make_shared<OpenRun>(path, name, swmr);
  opened[{fresh->id().device, fresh->id().number, name, swmr}] = fresh;
  for (auto i = opened.begin(); i != opened.end();) i = i->second.expired() ? opened.erase(i) : ++i;
  return fresh;
}

}  // namespace

Reader::Reader(const std::string& path, const std::string& name, bool swmr) : path_(path) {
  opened_ = patient(path_, [&] { return open_shared(path, name, swmr); });
}

Progress Reader::refresh() {
  return patient(path_, [this] { return opened_->refresh(); });
}

bool Reader::is_current() const { return id_of(path_) == opened_->id(); }

void Reader::read_chain(const Rows& rows, hsize_t first_column, hsize_t n_columns,
                        double* values) const {
  patient(path_, [&] { run().read_chain(rows, first_column, n_columns, values); });
}

void Reader::read_log_prob(const Rows& rows, double* values) const {
  patient(path_, [&] { run().read_log_prob(rows, values); });
}

void Reader::read_blobs(const Rows& rows, std::byte* records) const {
  patient(path_, [&] { run().read_blobs(rows, records); });
}

State Reader::state_after(hsize_t n_steps) const {
  return patient(path_, [&] { return run().state_after(n_steps); });
}

Facts Reader::facts() const {
  if (!run().own) return {};
  return patient(path_, [this] { return read_facts(run().own.id()); });
}

Texts Reader::texts() const {
  if (!run().own) return {};
  return patient(path_, [this] { return read_texts(run().own.id()); });
}

std::vector<std::string> list_runs(const std::string& path) {
  return patient(path, [&path] {
    bool live = false;
    const File file = open_any(path, true, live);
    return run_names(file.id());
  });
}

File open_apart(const std::string& path) {
  return patient(path, [&path] {
    bool live = false;
    return open_any(path, true, live, open_unshared);
  });
}

}  // namespace livechain::hdf5
