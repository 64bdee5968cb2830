// Where the rows of a run stand in the file: what HDF5's indexes of chunks say, in a table that never moves and whose rows are
// only added to, so that rows are found without HDF5, and when a power cut has torn its indexes.
#pragma once

#include "hdf5/chunks.h"
#include "store/shape.h"
#include "store/table.h"

#include <array>
#include <optional>
#include <vector>

namespace livechain::store {

// Consecutive bytes that hold consecutive rows of a part.
struct Piece {
  hsize_t first_row = 0;
  hsize_t n_rows = 0;
  std::uint64_t address = 0;
};

class Places {
 public:
  void add(Part part, const hdf5::Extent& extent);
  void keep(Part part, hsize_t n_chunks);  // only the first so many

  // The rows of a part that have a place, from the first on.
  hsize_t capacity(Part part, const Shape& shape) const;

  // Rows from `first` on, up to `n` of them; nothing when they have no place.
  std::optional<Piece> find(Part part, const Shape& shape, hsize_t first, hsize_t n) const;

  const std::vector<hdf5::Extent>& extents(Part part) const { return extents_[static_cast<std::size_t>(part)]; }

 private:
  std::array<std::vector<hdf5::Extent>, n_parts> extents_;  // one after the other, without gaps
};

class PlacesTable {
 public:
  static PlacesTable create(hid_t group, hsize_t n_rows, std::uint64_t identity);
  static PlacesTable open(hid_t group, std::uint64_t identity);

  // Another program that copies a run does not know that this table has to be written anew.
  bool is_at_home(const Descriptor& file) const;

  bool has_room(std::size_t n_extents) const { return n_used_ + n_extents <= table_.n_rows(); }
  bool is_half_full() const { return 2 * n_used_ > table_.n_rows(); }

  void add(const Descriptor& file, Part part, const hdf5::Extent& extent);
  void begin(const Descriptor& file);

  // Adds to `places` what the table has since it was read last.
  void read(const Descriptor& file, Places& places);

  // After a power cut there may be rows behind one that was lost: they would count again when that is written anew.
  void forget_rest(const Descriptor& file) const;

 private:
  explicit PlacesTable(Table table) : table_(table) {}

  Table table_;
  hsize_t n_used_ = 0;
};

}  // namespace livechain::store
