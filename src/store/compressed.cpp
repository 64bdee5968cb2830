#include "store/compressed.h"

#include "hdf5/file.h"

#include <string>

namespace livechain::store {

using namespace hdf5;

namespace {

// HDF5 takes two open files of one name for the same.
File memory_file() {
  static unsigned long n_made = 0;
  const std::string name = "livechain-in-memory-" + std::to_string(++n_made);
  const Plist access(H5Pcreate(H5P_FILE_ACCESS), "make a property list");
  constexpr std::size_t growth = 1 << 16;
  check(H5Pset_fapl_core(access.id(), growth, false), "work in memory");
  return File(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), "work in memory");
}

bool unpack(const Dataset& dataset, const Descriptor& file, const ChunkPlaces::Place& place, hid_t type, void* values) {
  constexpr std::uint64_t most = std::uint64_t{1} << 32U;
  if (place.bytes == 0 || place.bytes > most || place.bytes > file.state().size) return false;
  std::vector<char> packed(place.bytes);
  if (!file.read(packed.data(), packed.size(), place.address)) return false;
  const Dims first(dims_of(dataset.id()).size(), 0);
  return H5Dwrite_chunk(dataset.id(), H5P_DEFAULT, 0, first.data(), packed.size(), packed.data()) >= 0 &&
         H5Dread(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
}

}  // namespace

Cells cells_of(const ChunkPlaces& p) {
  const auto cell = [](std::uint64_t number) { return static_cast<std::int64_t>(number); };
  return {cell(p.chain.address), cell(p.chain.bytes), cell(p.log_prob.address), cell(p.log_prob.bytes),
          cell(p.blobs.address), cell(p.blobs.bytes)};
}

struct Unpacker::Scratch {
  File file = memory_file();
  Dataset chain, log_prob, blobs;
  Type blob_type;
};

Unpacker::Unpacker(const Shape& shape) : shape_(shape), scratch_(new Scratch) {
  const hid_t file = scratch_->file.id();
  const hsize_t n = shape.steps_per_chunk;
  const Dims chain{n, shape.n_walkers, shape.n_parameters}, log_prob{n, shape.n_walkers};
  scratch_->chain = create_dataset(file, "chain", H5T_IEEE_F64LE, chain, chain, shape.deflate);
  scratch_->log_prob = create_dataset(file, "log_prob", H5T_IEEE_F64LE, log_prob, log_prob, shape.deflate);
  if (shape.blobs.empty()) return;
  scratch_->blob_type = shape.blobs.type();
  scratch_->blobs = create_dataset(file, "blobs", scratch_->blob_type.id(), log_prob, log_prob, shape.deflate);
}

Unpacker::~Unpacker() = default;

bool Unpacker::read(const Descriptor& file, const Places& places, const Layout& layout, hsize_t chunk, StepBlock& steps) {
  Cells cells(shape_.row_bytes(Part::chunks) / sizeof(std::int64_t));
  if (read_rows(file, places, shape_, Part::chunks, chunk, 1, cells.data()) == 0) return false;
  if (cells.back() != checksum_of(cells.data(), cells.size() - 1, layout.identity)) return false;
  const auto place = [&cells](std::size_t i) {
    return ChunkPlaces::Place{static_cast<std::uint64_t>(cells[2 * i]), static_cast<std::uint64_t>(cells[2 * i + 1])};
  };
  steps.resize(shape_, shape_.steps_per_chunk);
  return unpack(scratch_->chain, file, place(0), H5T_NATIVE_DOUBLE, steps.chain.data()) &&
         unpack(scratch_->log_prob, file, place(1), H5T_NATIVE_DOUBLE, steps.log_prob.data()) &&
         (shape_.blobs.empty() || unpack(scratch_->blobs, file, place(2), scratch_->blob_type.id(), steps.blobs.data()));
}

}  // namespace livechain::store
