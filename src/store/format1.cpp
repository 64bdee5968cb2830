#include "store/format1.h"

#include "hdf5/dataset.h"
#include "hdf5/file.h"

#include <algorithm>

namespace livechain::store {

using namespace hdf5;

namespace {

constexpr hsize_t n_rows = 4;
constexpr std::size_t n_fields = 10;

// A row begins and ends with the number of its publication.
bool is_whole(const std::int64_t* row, std::size_t n) { return row[0] > 0 && row[0] == row[n - 1]; }

bool is_plausible(std::int64_t number) { return number >= 0 && number < std::int64_t{1} << 62U; }

Progress from_row(const std::int64_t* row, hsize_t n_walkers, std::size_t n) {
  Progress p;
  p.publication = row[0];
  p.n_steps = row[1];
  p.target = row[2];
  p.published_at = row[3];
  p.session_started_at = row[4];
  p.session_first_step = row[5];
  p.recent_since = row[8];
  p.recent_first_step = row[9];
  p.tally = tally_in(row + n_fields, n_walkers, n - n_fields - n_walkers - 1);
  p.tally.n_nan = row[7];
  return p;
}

Snapshot read_start(hid_t own, const EmceeRun& run) {
  const auto read = [own](const char* name, const Dims& dims, hid_t type, void* values) {
    const Dataset dataset = open_dataset(own, name);
    require_dims(dataset.id(), dims, name);
    check(H5Dread(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "read a dataset");
  };
  run.require_explained(0, bytes_of_file(own));
  Snapshot start;
  start.positions.resize(run.n_walkers * run.n_parameters);
  start.log_prob.resize(run.n_walkers);
  start.blobs.resize(run.n_walkers * run.blob_type.size());
  read("initial", {run.n_walkers, run.n_parameters}, H5T_NATIVE_DOUBLE, start.positions.data());
  read("initial_log_prob", {run.n_walkers}, H5T_NATIVE_DOUBLE, start.log_prob.data());
  if (run.has_blobs()) read("initial_blobs", {run.n_walkers}, run.blob_memory.id(), start.blobs.data());
  return start;
}

}  // namespace

Progress Format1::newest(const EmceeRun& run) const {
  const Dims dims = dims_of(progress.id());
  const std::size_t n = dims[1];
  std::vector<std::int64_t> cells(n_rows * n);
  check(H5Dread(progress.id(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells.data()), "read the progress");
  Progress newest;
  for (std::size_t i = 0; i < n_rows; ++i) {
    const std::int64_t* row = cells.data() + i * n;
    const bool right = is_whole(row, n) && std::all_of(row, row + n_fields + run.n_walkers, is_plausible);
    if (right && row[0] > newest.publication) newest = from_row(row, run.n_walkers, n);
  }
  if (newest.publication == 0) throw Failure("find out how many steps there are");
  const std::int64_t steps = run.iteration();
  if (steps > newest.n_steps) {
    newest.n_steps = steps;
    newest.target = std::max(newest.target, steps);
    newest.tally.accepted = run.read_accepted();
  }
  return newest;
}

Format1 open_format1(const EmceeRun& run) {
  const Group own(H5Gopen2(run.group.id(), own_group_name, H5P_DEFAULT), "open a group");
  Format1 old;
  old.facts = read_facts(own.id());
  require_plausible(old.facts);
  old.progress = open_dataset(own.id(), "progress");
  const Dims dims = dims_of(old.progress.id());
  const hsize_t least = n_fields + run.n_walkers + 1;
  const bool plausible = dims.size() == 2 && dims[0] == n_rows && dims[1] >= least &&
                         dims[1] <= bytes_of_file(old.progress.id()) / (n_rows * sizeof(std::int64_t));
  if (!plausible) throw Failure("make sense of dataset 'progress', which has another shape");
  if (has_link(own.id(), "initial")) old.start = read_start(own.id(), run);
  return old;
}

}  // namespace livechain::store
