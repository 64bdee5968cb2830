#include "store/places.h"

#include <algorithm>

namespace livechain::store {

namespace {

constexpr const char* dataset_name = "places";
constexpr std::size_t n_cells = 4;
constexpr std::int64_t home = -1;  // in place of a part: the address of the table itself
constexpr std::int64_t none = -2;  // nothing

bool is_extent(const Cells& cells) {
  return cells[0] >= 0 && cells[0] < static_cast<std::int64_t>(n_parts) && cells[1] >= 0 && cells[2] > 0 && cells[3] > 0 &&
         cells[1] < std::int64_t{1} << 48U && cells[2] < std::int64_t{1} << 48U;
}

}  // namespace

// Chunks that were cut off at the end of a session get other places in the next.
void Places::add(Part part, const hdf5::Extent& extent) {
  auto& known = extents_[static_cast<std::size_t>(part)];
  keep(part, extent.first);
  known.push_back(extent);
}

void Places::keep(Part part, hsize_t n_chunks) {
  auto& known = extents_[static_cast<std::size_t>(part)];
  while (!known.empty() && known.back().first >= n_chunks) known.pop_back();
  if (!known.empty()) known.back().n = std::min(known.back().n, n_chunks - known.back().first);
}

hsize_t Places::capacity(Part part, const Shape& shape) const {
  const auto& known = extents(part);
  return known.empty() ? 0 : (known.back().first + known.back().n) * shape.rows_per_chunk(part);
}

std::optional<Piece> Places::find(Part part, const Shape& shape, hsize_t first, hsize_t n) const {
  const hsize_t per_chunk = shape.rows_per_chunk(part);
  const hsize_t chunk = first / per_chunk;
  const auto& known = extents(part);
  auto place = std::upper_bound(known.begin(), known.end(), chunk,
                                [](hsize_t number, const hdf5::Extent& extent) { return number < extent.first; });
  if (place == known.begin()) return std::nullopt;
  --place;
  if (chunk >= place->first + place->n) return std::nullopt;
  const hsize_t offset = first - place->first * per_chunk;
  return Piece{first, std::min(n, place->n * per_chunk - offset), place->address + offset * shape.row_bytes(part)};
}

PlacesTable PlacesTable::create(hid_t group, hsize_t n_rows, std::uint64_t identity) {
  return PlacesTable(Table::create(group, dataset_name, n_rows, n_cells, identity));
}

PlacesTable PlacesTable::open(hid_t group, std::uint64_t identity) {
  const Table table = Table::open(group, dataset_name, identity);
  if (table.n_cells() != n_cells) throw hdf5::Failure("make sense of dataset 'places', which has another shape");
  return PlacesTable(table);
}

void PlacesTable::begin(const Descriptor& file) {
  table_.write(file, 0, {home, 0, 0, static_cast<std::int64_t>(table_.address())});
  n_used_ = 1;
}

bool PlacesTable::is_at_home(const Descriptor& file) const {
  const std::optional<Cells> first = table_.read(file, 0);
  return first && (*first)[0] == home && (*first)[3] == static_cast<std::int64_t>(table_.address());
}

void PlacesTable::add(const Descriptor& file, Part part, const hdf5::Extent& extent) {
  table_.write(file, n_used_, {static_cast<std::int64_t>(part), static_cast<std::int64_t>(extent.first),
                               static_cast<std::int64_t>(extent.n), static_cast<std::int64_t>(extent.address)});
  ++n_used_;
}

void PlacesTable::read(const Descriptor& file, Places& places) {
  n_used_ = std::max<hsize_t>(n_used_, 1);
  for (; n_used_ < table_.n_rows(); ++n_used_) {
    const std::optional<Cells> cells = table_.read(file, n_used_);
    if (!cells || !is_extent(*cells)) return;
    places.add(static_cast<Part>((*cells)[0]), {static_cast<hsize_t>((*cells)[1]), static_cast<hsize_t>((*cells)[2]),
                                                static_cast<haddr_t>((*cells)[3])});
  }
}

void PlacesTable::forget_rest(const Descriptor& file) const {
  bool forgot = false;
  for (hsize_t row = n_used_; row < table_.n_rows(); ++row) {
    const std::optional<Cells> cells = table_.read(file, row);
    if (!cells || !is_extent(*cells)) continue;
    table_.write(file, row, {none, 0, 0, 0});
    forgot = true;
  }
  if (forgot) file.sync();
}

}  // namespace livechain::store
