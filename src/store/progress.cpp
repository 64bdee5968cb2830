#include "store/progress.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace livechain::store {

namespace {

constexpr const char* dataset_name = "progress";
constexpr std::size_t n_fields = 12;

// The bits of a number that moves remember.
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

void add_tally(Cells& cells, const Tally& tally) {
  cells.insert(cells.end(), tally.accepted.begin(), tally.accepted.end());
  std::transform(tally.memory.begin(), tally.memory.end(), std::back_inserter(cells), bits_of);
}

Cells to_cells(const Progress& p) {
  Cells cells{p.publication,        p.n_steps,      p.target,            p.durable,    p.session,      p.published_at,
              p.session_started_at, p.session_first_step, p.recent_since, p.recent_first_step, p.updated_at, p.tally.n_nan};
  add_tally(cells, p.tally);
  return cells;
}

// Counts and moments are never so large that their sums and differences could overflow.
bool is_plausible(std::int64_t number) { return number >= 0 && number < std::int64_t{1} << 62U; }

}  // namespace

Cells cells_of_state(std::int64_t step, const Tally& tally) {
  Cells cells{step, tally.n_nan};
  add_tally(cells, tally);
  return cells;
}

Tally tally_in(const std::int64_t* accepted, hsize_t n_walkers, hsize_t n_memory) {
  Tally tally;
  tally.accepted.assign(accepted, accepted + n_walkers);
  std::transform(accepted + n_walkers, accepted + n_walkers + n_memory, std::back_inserter(tally.memory), number_of);
  return tally;
}

ProgressTable ProgressTable::create(hid_t group, const Shape& shape, std::uint64_t identity) {
  const hsize_t n_cells = n_fields + shape.n_walkers + shape.n_memory;
  return {Table::create(group, dataset_name, n_publications + n_kept, n_cells, identity), shape.n_walkers};
}

ProgressTable ProgressTable::open(hid_t group, const Shape& shape, std::uint64_t identity) {
  const Table table = Table::open(group, dataset_name, identity);
  const bool fits = table.n_rows() == n_publications + n_kept && table.n_cells() == n_fields + shape.n_walkers + shape.n_memory;
  if (!fits) throw hdf5::Failure("make sense of dataset 'progress', which has another shape");
  return {table, shape.n_walkers};
}

std::optional<Progress> ProgressTable::from_cells(const Cells& cells) const {
  if (!std::all_of(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(n_fields + n_walkers_), is_plausible)) {
    return std::nullopt;
  }
  Progress p;
  const std::int64_t* cell = cells.data();
  for (std::int64_t* field : {&p.publication, &p.n_steps, &p.target, &p.durable, &p.session, &p.published_at,
                              &p.session_started_at, &p.session_first_step, &p.recent_since, &p.recent_first_step,
                              &p.updated_at}) {
    *field = *cell++;
  }
  const std::int64_t n_nan = *cell++;
  p.tally = tally_in(cell, n_walkers_, cells.size() - n_fields - n_walkers_);
  p.tally.n_nan = n_nan;
  return p;
}

void ProgressTable::write(const Descriptor& file, const Progress& progress) const {
  table_.write(file, static_cast<hsize_t>(progress.publication) % n_publications, to_cells(progress));
}

void ProgressTable::keep(const Descriptor& file, const Progress& progress) const {
  const auto publication_in = [&](hsize_t row) {
    const std::optional<Cells> cells = table_.read(file, row);
    return cells ? (*cells)[0] : -1;
  };
  const hsize_t first = n_publications;
  table_.write(file, publication_in(first) <= publication_in(first + 1) ? first : first + 1, to_cells(progress));
}

std::vector<Progress> ProgressTable::known(const Descriptor& file) const {
  std::vector<Progress> rows;
  for (const auto& cells : table_.read(file)) {
    if (!cells) continue;
    if (std::optional<Progress> progress = from_cells(*cells)) rows.push_back(std::move(*progress));
  }
  std::sort(rows.begin(), rows.end(), [](const Progress& a, const Progress& b) { return a.publication > b.publication; });
  return rows;
}

std::optional<Progress> ProgressTable::newest(const Descriptor& file) const {
  std::vector<Progress> rows = known(file);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace livechain::store
