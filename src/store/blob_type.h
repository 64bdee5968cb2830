// The type of one walker's blob: what the density returns beside the log-probability.
#pragma once

#include "hdf5/handle.h"

#include <cstddef>
#include <string>
#include <vector>

namespace livechain::store {

enum class BlobKind {
  real,          // double; float64 in the file
  integer,       // int; int32 in the file
  wide_integer,  // int64_t; int64 in the file
  logical,       // one byte, 0 or 1; h5py's boolean enum in the file
  string         // `width` bytes, padded with zeros
};

struct BlobField {
  std::string name;  // empty when the blob is this field alone
  BlobKind kind = BlobKind::real;
  std::vector<hsize_t> dims;  // empty: one value
  std::size_t width = 0;      // of a string, in bytes
  H5T_cset_t charset = H5T_CSET_UTF8;
  std::size_t offset = 0;     // in the record

  std::size_t n_values() const;
  std::size_t value_size() const;
  std::size_t size() const { return n_values() * value_size(); }
};

// No field: no blobs. One field without a name: a scalar or an array. Else a compound of its fields.
// A record is its fields one after the other, unaligned: the same bytes in memory and in the files that we lay out.
class BlobType {
 public:
  BlobType() = default;
  explicit BlobType(std::vector<BlobField> fields);

  // Reads the type of a dataset; throws Failure when a blob of that type cannot be represented.
  static BlobType of_file(hid_t file_type);

  bool empty() const { return fields_.empty(); }
  std::size_t size() const { return size_; }
  const std::vector<BlobField>& fields() const { return fields_; }

  hdf5::Type type() const;

 private:
  std::vector<BlobField> fields_;
  std::size_t size_ = 0;
};

}  // namespace livechain::store
