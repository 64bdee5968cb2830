#include "hdf5/reader.h"

#include "hdf5/guard.h"
#include "hdf5/lock.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

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

File open_any(const std::string& path, bool swmr, bool& live) {
  const Format format = format_of(path);
  if (format == Format::other) throw Error(Kind::not_hdf5, path, "no HDF5 signature");
  if (format == Format::cut) throw Failure("find the end of the file: it has been cut off");
  live = swmr && format != Format::old;
  const bool dead = format == Format::unclosed && !Lock::is_held(path);
  if (dead) live = false;
  try {
    return dead ? open_dead(path, format) : open_to_read(path, live);
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
  release();
  const FileId known = std::exchange(id_, id_of(path_));
  if (known.number != 0 && !(known == id_)) {
    id_ = known;
    throw Failure("find the file that was opened: another has taken its place");
  }
  file_ = open_any(path_, swmr_, live_);
  run_ = open_run(file_.id(), path_, name_);
  if (!(id_of(path_) == id_)) throw Failure("open a file that was replaced in this moment");
  n_visible_ = 0;
  session_ = run_.progress ? run_.progress->newest().session_started_at : 0;
}

void OpenRun::release() {
  run_ = Run();
  file_ = File();
}

// A run that was taken up by another writer may have been mended in between: what HDF5 remembers of the file
// is then forgotten.
Progress OpenRun::refresh() {
  if (!is_open()) open();
  Progress progress = run_.newest();
  if (progress.session_started_at != session_ && id_of(path_) == id_) {
    open();
    progress = run_.newest();
  }
  const auto n_steps = static_cast<hsize_t>(progress.n_steps);
  if (n_steps != n_visible_) require_rows(n_steps);
  n_visible_ = n_steps;
  return progress;
}

void OpenRun::require_rows(hsize_t n_steps) {
  for (const hid_t dataset : run_.growing()) {
    if (live_) check(H5Drefresh(dataset), "see what was written");
    if (dims_of(dataset)[0] < n_steps) throw Failure("find all steps that were published");
  }
  run_.require_explained(n_steps, file_bytes(path_));
}

bool OpenRun::compressed() const { return is_compressed(run_.chain.id()); }

namespace {

struct Key {
  FileId file;
  std::string name;
  bool swmr;
  bool operator<(const Key& other) const {
    return std::tie(file.device, file.number, name, swmr) <
           std::tie(other.file.device, other.file.number, other.name, other.swmr);
  }
};

std::map<Key, std::weak_ptr<OpenRun>>& opened_runs() {
  static std::map<Key, std::weak_ptr<OpenRun>> opened;
  return opened;
}

std::shared_ptr<OpenRun> open_shared(const std::string& path, const std::string& name, bool swmr) {
  auto& opened = opened_runs();
  const auto place = opened.find({id_of(path), name, swmr});
  if (place != opened.end()) {
    if (std::shared_ptr<OpenRun> known = place->second.lock()) return known;
  }
  auto fresh = std::make_shared<OpenRun>(path, name, swmr);
  for (auto i = opened.begin(); i != opened.end();) i = i->second.expired() ? opened.erase(i) : ++i;
  opened[{fresh->id(), name, swmr}] = fresh;
  return fresh;
}

void release_all(const FileId& file) {
  for (const auto& [key, run] : opened_runs()) {
    const std::shared_ptr<OpenRun> known = run.lock();
    if (known && known->id() == file) known->release();
  }
}

}  // namespace

Reader::Reader(const std::string& path, const std::string& name, bool swmr) : path_(path) {
  opened_ = patient(path_, [&] { return open_shared(path, name, swmr); });
}

const Run& Reader::run() const {
  if (!opened_->is_open()) patient(path_, [this] { opened_->open(); });
  return opened_->run();
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

File open_to_share(const std::string& path) {
  return patient(path, [&path] {
    release_all(id_of(path));
    bool live = false;
    return open_any(path, true, live);
  });
}

}  // namespace livechain::hdf5
