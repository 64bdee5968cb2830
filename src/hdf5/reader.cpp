#include "hdf5/reader.h"

#include "hdf5/guard.h"
#include "hdf5/lock.h"

namespace livechain::hdf5 {

namespace {

File open_any(const std::string& path, bool swmr, bool& live) {
  const Format format = format_of(path);
  if (format == Format::other) throw Error(Kind::not_hdf5, path, "no HDF5 signature");
  live = swmr && format != Format::old;
  try {
    return open_to_read(path, live);
  } catch (const Failure& failure) {
    const bool written_to = format == Format::unclosed || format == Format::swmr;
    if (written_to && Lock::is_held(path)) throw Error(Kind::unreadable, path, failure.what());
    throw;
  }
}

// Deflate cannot shrink data by more than 1032 to 1.
hsize_t most_bytes(hid_t dataset) {
  const hsize_t stored = stored_bytes(dataset);
  return is_compressed(dataset) ? 1032 * stored : stored;
}

}  // namespace

Reader::Reader(std::string path, const std::string& name, bool swmr) : path_(std::move(path)) {
  patient(path_, [&] { open(name, swmr); });
}

void Reader::open(const std::string& name, bool swmr) {
  file_ = open_any(path_, swmr, live_);
  run_ = open_run(file_.id(), path_, name);
}

Progress Reader::refresh() {
  return patient(path_, [this] {
    const Progress progress = newest();
    require_rows(static_cast<hsize_t>(progress.n_steps));
    return progress;
  });
}

Progress Reader::newest_known() const {
  const std::vector<Progress> published = run_.progress->read();
  if (published.empty()) throw Failure("find out how many steps there are");
  return published.front();
}

// `iteration` is written after the table, so it can be ahead of it only when another program, emcee,
// went on with the run.
Progress Reader::newest() const {
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

void Reader::require_rows(hsize_t n_steps) {
  for (const hid_t dataset : run_.growing()) {
    if (live_) check(H5Drefresh(dataset), "see what was written");
    const Dims dims = dims_of(dataset);
    if (dims[0] < n_steps) throw Failure("find all steps that were published");
    hsize_t bytes = H5Tget_size(type_of(dataset).id());
    for (std::size_t i = 1; i < dims.size(); ++i) bytes *= dims[i];
    if (n_steps > 0 && bytes > most_bytes(dataset) / n_steps) {
      throw Failure("find the data of all steps that were published");
    }
  }
}

void Reader::read_chain(const Rows& rows, hsize_t first_column, hsize_t n_columns,
                        double* values) const {
  patient(path_, [&] { run_.read_chain(rows, first_column, n_columns, values); });
}

void Reader::read_log_prob(const Rows& rows, double* values) const {
  patient(path_, [&] { run_.read_log_prob(rows, values); });
}

void Reader::read_blobs(const Rows& rows, std::byte* records) const {
  patient(path_, [&] { run_.read_blobs(rows, records); });
}

State Reader::state_after(hsize_t n_steps) const {
  return patient(path_, [&] { return run_.state_after(n_steps); });
}

Facts Reader::facts() const {
  if (!run_.own) return {};
  return patient(path_, [this] { return read_facts(run_.own.id()); });
}

Texts Reader::texts() const {
  if (!run_.own) return {};
  return patient(path_, [this] { return read_texts(run_.own.id()); });
}

bool Reader::compressed() const { return is_compressed(run_.chain.id()); }

std::vector<std::string> list_runs(const std::string& path) {
  return patient(path, [&path] {
    bool live = false;
    const File file = open_any(path, true, live);
    return run_names(file.id());
  });
}

}  // namespace livechain::hdf5
