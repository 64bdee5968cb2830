#include "hdf5/progress.h"

#include "hdf5/dataset.h"

#include <algorithm>
#include <chrono>

namespace livechain::hdf5 {

namespace {

constexpr const char* dataset_name = "progress";
constexpr std::size_t n_fields = 7;

std::size_t n_columns(hsize_t n_walkers) { return n_fields + static_cast<std::size_t>(n_walkers) + 1; }

std::vector<std::int64_t> to_row(const Progress& p) {
  std::vector<std::int64_t> row{p.publication,        p.n_steps,
                                p.target,             p.published_at,
                                p.session_started_at, p.session_first_step,
                                p.writer_pid};
  row.insert(row.end(), p.accepted.begin(), p.accepted.end());
  row.push_back(p.publication);
  return row;
}

Progress from_row(const std::int64_t* row, std::size_t n) {
  return {row[0], row[1], row[2], row[3], row[4], row[5], row[6], {row + n_fields, row + n - 1}};
}

}  // namespace

ProgressTable::ProgressTable(Dataset dataset, hsize_t n_walkers)
    : dataset_(std::move(dataset)), n_walkers_(n_walkers) {}

ProgressTable ProgressTable::create(hid_t group, hsize_t n_walkers) {
  const std::vector<hsize_t> dims{n_rows, n_columns(n_walkers)};
  Dataset dataset = create_dataset(group, dataset_name, H5T_STD_I64LE, dims, dims, 0);
  const std::vector<std::int64_t> zeros(dims[0] * dims[1], 0);
  check(H5Dwrite(dataset.id(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros.data()),
        "write the progress");
  return ProgressTable(std::move(dataset), n_walkers);
}

ProgressTable ProgressTable::open(hid_t group, hsize_t n_walkers) {
  Dataset dataset = open_dataset(group, dataset_name);
  require_dims(dataset.id(), {n_rows, n_columns(n_walkers)}, dataset_name);
  return ProgressTable(std::move(dataset), n_walkers);
}

void ProgressTable::write(const Progress& progress) const {
  const std::vector<std::int64_t> row = to_row(progress);
  const hsize_t slot = static_cast<hsize_t>(progress.publication) % n_rows;
  const Selection selection(dataset_.id(), {slot, 0}, {1, row.size()});
  check(H5Dwrite(dataset_.id(), H5T_NATIVE_INT64, selection.memory(), selection.file(), H5P_DEFAULT,
                 row.data()),
        "write the progress");
}

std::vector<Progress> ProgressTable::read() const {
  const std::size_t n = n_columns(n_walkers_);
  cells_.resize(n_rows * n);
  check(H5Dread(dataset_.id(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells_.data()),
        "read the progress");
  std::vector<Progress> rows;
  for (std::size_t i = 0; i < n_rows; ++i) {
    const std::int64_t* row = cells_.data() + i * n;
    if (row[0] > 0 && row[0] == row[n - 1]) rows.push_back(from_row(row, n));
  }
  std::sort(rows.begin(), rows.end(),
            [](const Progress& a, const Progress& b) { return a.publication > b.publication; });
  return rows;
}

std::int64_t microseconds_now() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace livechain::hdf5
