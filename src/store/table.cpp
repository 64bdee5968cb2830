#include "store/table.h"

#include "hdf5/chunks.h"
#include "hdf5/dataset.h"
#include "hdf5/file.h"
#include "store/checksum.h"

#include <algorithm>
#include <cstring>

namespace livechain::store {

using namespace hdf5;

Table Table::create(hid_t group, const char* name, hsize_t n_rows, hsize_t n_cells, std::uint64_t identity) {
  const Dims dims{n_rows, n_cells + 1};
  const Dataset dataset = create_dataset(group, name, H5T_STD_I64LE, dims, dims, 0);
  const Cells zeros(dims[0] * dims[1], 0);
  check(H5Dwrite(dataset.id(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros.data()), "write a table");
  return Table(stored_chunk(dataset.id(), 0).address, n_rows, n_cells, identity);
}

Table Table::open(hid_t group, const char* name, std::uint64_t identity) {
  constexpr hsize_t most_rows = 1 << 16;
  const Dataset dataset = open_dataset(group, name);
  const Dims dims = dims_of(dataset.id());
  const bool plausible = dims.size() == 2 && dims[0] > 0 && dims[1] > 1 && dims[0] <= most_rows &&
                         dims == chunk_of(dataset.id()) && !is_compressed(dataset.id()) &&
                         H5Tequal(type_of(dataset.id()).id(), H5T_STD_I64LE) > 0 &&
                         dims[1] <= bytes_of_file(dataset.id()) / (dims[0] * sizeof(std::int64_t));
  if (!plausible) throw Failure(std::string("make sense of dataset '") + name + "', which has another shape");
  return Table(stored_chunk(dataset.id(), 0).address, dims[0], dims[1] - 1, identity);
}

void Table::write(const Descriptor& file, hsize_t row, const Cells& cells) const {
  Cells whole = cells;
  whole.push_back(checksum_of(cells.data(), cells.size(), identity_));
  file.write(whole.data(), whole.size() * sizeof(std::int64_t), address_ + row * whole.size() * sizeof(std::int64_t));
}

std::optional<Cells> Table::checked(const std::int64_t* row) const {
  if (row[n_cells_] != checksum_of(row, n_cells_, identity_)) return std::nullopt;
  return Cells(row, row + n_cells_);
}

std::optional<Cells> Table::read(const Descriptor& file, hsize_t row) const {
  Cells cells(n_cells_ + 1);
  const std::size_t bytes = cells.size() * sizeof(std::int64_t);
  if (!file.read(cells.data(), bytes, address_ + row * bytes)) return std::nullopt;
  return checked(cells.data());
}

std::vector<std::optional<Cells>> Table::read(const Descriptor& file) const {
  Cells cells(n_rows_ * (n_cells_ + 1), 0);
  // Of a file that was cut, what is there.
  static_cast<void>(file.read(cells.data(), cells.size() * sizeof(std::int64_t), address_));
  std::vector<std::optional<Cells>> rows;
  for (hsize_t row = 0; row < n_rows_; ++row) rows.push_back(checked(cells.data() + row * (n_cells_ + 1)));
  return rows;
}

std::int64_t checksum_of(const std::int64_t* cells, std::size_t n, std::uint64_t identity) {
  return static_cast<std::int64_t>(checksum(cells, n * sizeof *cells, identity));
}

void add_text(Cells& cells, const std::string& text, std::size_t n) {
  const std::size_t first = cells.size();
  cells.resize(first + n, 0);
  std::memcpy(cells.data() + first, text.data(), std::min(text.size(), n * sizeof(std::int64_t)));
}

std::string text_in(const std::int64_t* cells, std::size_t n) {
  const auto* text = reinterpret_cast<const char*>(cells);
  return {text, strnlen(text, n * sizeof(std::int64_t))};
}

}  // namespace livechain::store
