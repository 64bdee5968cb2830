// A small dataset of rows of int64 that are read and written whole, and told right from wrong: the last number of
// a row is the checksum of those before it, with the run's identity as its seed. It never grows, and stands in
// the file in one piece, so that no library is needed to use it.
#pragma once

#include "hdf5/handle.h"
#include "store/system/descriptor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace livechain::store {

using Cells = std::vector<std::int64_t>;

class Table {
 public:
  Table() = default;
  static Table create(hid_t group, const char* name, hsize_t n_rows, hsize_t n_cells, std::uint64_t identity);
  // Throws hdf5::Failure when it is not such a dataset.
  static Table open(hid_t group, const char* name, std::uint64_t identity);

  hsize_t n_rows() const { return n_rows_; }
  hsize_t n_cells() const { return n_cells_; }  // in a row, without the checksum
  std::uint64_t address() const { return address_; }

  void write(const Descriptor& file, hsize_t row, const Cells& cells) const;

  // Nothing when it is not what was written.
  std::optional<Cells> read(const Descriptor& file, hsize_t row) const;
  // All rows at once.
  std::vector<std::optional<Cells>> read(const Descriptor& file) const;

 private:
  Table(std::uint64_t address, hsize_t n_rows, hsize_t n_cells, std::uint64_t identity)
      : address_(address), n_rows_(n_rows), n_cells_(n_cells), identity_(identity) {}
  std::optional<Cells> checked(const std::int64_t* row) const;

  std::uint64_t address_ = 0;
  hsize_t n_rows_ = 0;
  hsize_t n_cells_ = 0;
  std::uint64_t identity_ = 0;
};

// The checksum of `cells`, as a further one.
std::int64_t checksum_of(const std::int64_t* cells, std::size_t n, std::uint64_t identity);

// Text in `n` cells, eight bytes each, cut off where it does not fit, and back.
void add_text(Cells& cells, const std::string& text, std::size_t n);
std::string text_in(const std::int64_t* cells, std::size_t n);

}  // namespace livechain::store
