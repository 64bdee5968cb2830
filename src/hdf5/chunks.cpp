#include "hdf5/chunks.h"

#include "hdf5/dataset.h"

namespace livechain::hdf5 {

namespace {

Dims offset_of_chunk(hid_t dataset, hsize_t number) {
  const Dims chunk = chunk_of(dataset);
  Dims offset(chunk.size(), 0);
  offset[0] = number * chunk[0];
  return offset;
}

// Finds extents between chunks whose addresses are known.
class Tracer {
 public:
  explicit Tracer(hid_t dataset) : dataset_(dataset), bytes_(bytes_of_chunk(dataset)) {}

  haddr_t address(hsize_t number) const { return stored_chunk(dataset_, number).address; }

  void trace(hsize_t first, haddr_t first_address, hsize_t last, haddr_t last_address) {
    if (last_address == first_address + (last - first) * bytes_) {
      add({first, last - first + 1, first_address});
      return;
    }
    if (last == first + 1) {
      add({first, 1, first_address});
      add({last, 1, last_address});
      return;
    }
    const hsize_t middle = first + (last - first) / 2;
    const haddr_t middle_address = address(middle);
    trace(first, first_address, middle, middle_address);
    trace(middle, middle_address, last, last_address);
  }

  std::vector<Extent> extents;

 private:
  // The last chunk of an extent may be the first of the next.
  void add(Extent extent) {
    if (!extents.empty()) {
      Extent& before = extents.back();
      if (before.first + before.n > extent.first) {
        ++extent.first;
        --extent.n;
        extent.address += bytes_;
      }
      if (extent.n == 0) return;
      if (before.address + before.n * bytes_ == extent.address) {
        before.n += extent.n;
        return;
      }
    }
    extents.push_back(extent);
  }

  hid_t dataset_;
  hsize_t bytes_;
};

}  // namespace

StoredChunk stored_chunk(hid_t dataset, hsize_t number) {
  const Dims offset = offset_of_chunk(dataset, number);
  StoredChunk found;
  check(H5Dget_chunk_info_by_coord(dataset, offset.data(), &found.filter_mask, &found.address, &found.bytes),
        "find a chunk");
  if (found.address == HADDR_UNDEF) throw Failure("find a chunk that was allocated");
  return found;
}

bool has_chunk(hid_t dataset, hsize_t number) {
  hsize_t bytes = 0;
  check(H5Dget_chunk_storage_size(dataset, offset_of_chunk(dataset, number).data(), &bytes), "find a chunk");
  return bytes > 0;
}

std::vector<Extent> extents_of(hid_t dataset, hsize_t first, hsize_t n) {
  if (n == 0) return {};
  Tracer tracer(dataset);
  const haddr_t first_address = tracer.address(first);
  const hsize_t last = first + n - 1;
  tracer.trace(first, first_address, last, n == 1 ? first_address : tracer.address(last));
  return tracer.extents;
}

}  // namespace livechain::hdf5
