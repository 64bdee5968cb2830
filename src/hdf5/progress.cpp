#include "hdf5/progress.h"

#include "hdf5/dataset.h"
#include "hdf5/file.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iterator>

namespace livechain::hdf5 {

namespace {

constexpr const char* dataset_name = "progress";
constexpr std::size_t n_fields = 10;

// The bits of a number of the moves' memory.
std::int64_t bits_of(double number) {
  std::int64_t bits = 0;
  std::memcpy(&bits, &number, sizeof bits);
  return bits;
}

double number_of(std::int64_t bits) {
  double number = 0;
  std::memcpy(&number, &bits, sizeof number);
  return number;
}

std::vector<std::int64_t> to_row(const Progress& p) {
  std::vector<std::int64_t> row{p.publication,  p.n_steps,
                                p.target,       p.published_at,
                                p.session_started_at, p.session_first_step,
                                p.writer_pid,   p.n_nan,
                                p.recent_since, p.recent_first_step};
  row.insert(row.end(), p.accepted.begin(), p.accepted.end());
  std::transform(p.memory.begin(), p.memory.end(), std::back_inserter(row), bits_of);
  row.push_back(p.publication);
  return row;
}

Progress from_row(const std::int64_t* row, std::size_t n_walkers, std::size_t n_memory) {
  Progress p;
  p.publication = row[0];
  p.n_steps = row[1];
  p.target = row[2];
  p.published_at = row[3];
  p.session_started_at = row[4];
  p.session_first_step = row[5];
  p.writer_pid = row[6];
  p.n_nan = row[7];
  p.recent_since = row[8];
  p.recent_first_step = row[9];
  const std::int64_t* accepted = row + n_fields;
  p.accepted.assign(accepted, accepted + n_walkers);
  const std::int64_t* memory = accepted + n_walkers;
  std::transform(memory, memory + n_memory, std::back_inserter(p.memory), number_of);
  return p;
}

// Counts and moments are never so large that their sums and differences could overflow.
bool is_plausible(std::int64_t number) { return number >= 0 && number < std::int64_t{1} << 62U; }

}  // namespace

ProgressTable::ProgressTable(Dataset dataset, hsize_t n_walkers, hsize_t n_memory)
    : dataset_(std::move(dataset)), n_walkers_(n_walkers), n_memory_(n_memory) {}

ProgressTable ProgressTable::create(hid_t group, hsize_t n_walkers, hsize_t n_memory) {
  const Dims dims{n_rows, n_fields + n_walkers + n_memory + 1};
  Dataset dataset = create_dataset(group, dataset_name, H5T_STD_I64LE, dims, dims, 0);
  const std::vector<std::int64_t> zeros(dims[0] * dims[1], 0);
  check(H5Dwrite(dataset.id(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros.data()),
        "write the progress");
  return ProgressTable(std::move(dataset), n_walkers, n_memory);
}

ProgressTable ProgressTable::open(hid_t group, hsize_t n_walkers) {
  Dataset dataset = open_dataset(group, dataset_name);
  const Dims dims = dims_of(dataset.id());
  const hsize_t least = n_fields + n_walkers + 1;
  const bool plausible = dims.size() == 2 && dims[0] == n_rows && dims[1] >= least &&
                         dims[1] <= bytes_of_file(dataset.id()) / (n_rows * sizeof(std::int64_t));
  if (!plausible) throw Failure("make sense of dataset 'progress', which has another shape");
  return ProgressTable(std::move(dataset), n_walkers, dims[1] - least);
}

void ProgressTable::write(const Progress& progress) const {
  const std::vector<std::int64_t> row = to_row(progress);
  const hsize_t slot = static_cast<hsize_t>(progress.publication) % n_rows;
  const Selection selection(dataset_.id(), {slot, 0}, {1, row.size()});
  check(H5Dwrite(dataset_.id(), H5T_NATIVE_INT64, selection.memory(), selection.file(), H5P_DEFAULT,
                 row.data()),
        "write the progress");
}

// What the system reads while it is being written may be a mixture, and one that looks whole; but not twice
// the same one.
std::vector<std::int64_t> ProgressTable::read_cells() const {
  const auto read = [this](std::vector<std::int64_t>& cells) {
    check(H5Dread(dataset_.id(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells.data()),
          "read the progress");
  };
  std::vector<std::int64_t> cells(n_rows * (n_fields + n_walkers_ + n_memory_ + 1));
  std::vector<std::int64_t> again(cells.size());
  read(cells);
  for (int attempt = 0; attempt < 100; ++attempt) {
    read(again);
    if (again == cells) return cells;
    cells.swap(again);
  }
  throw Failure("read the progress twice the same");
}

std::vector<Progress> ProgressTable::read() const {
  const std::size_t n = n_fields + n_walkers_ + n_memory_ + 1;
  const std::vector<std::int64_t> cells = read_cells();
  std::vector<Progress> rows;
  for (std::size_t i = 0; i < n_rows; ++i) {
    const std::int64_t* row = cells.data() + i * n;
    const bool is_whole = row[0] > 0 && row[0] == row[n - 1];
    if (is_whole && std::all_of(row, row + n_fields + n_walkers_, is_plausible)) {
      rows.push_back(from_row(row, n_walkers_, n_memory_));
    }
  }
  std::sort(rows.begin(), rows.end(),
            [](const Progress& a, const Progress& b) { return a.publication > b.publication; });
  return rows;
}

Progress ProgressTable::newest() const {
  const std::vector<Progress> rows = read();
  if (rows.empty()) throw Failure("find out how many steps there are");
  return rows.front();
}

std::int64_t microseconds_now() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace livechain::hdf5
