#include "store/source.h"

#include <algorithm>

namespace livechain::store {

using namespace hdf5;

namespace {

class PlainSource : public StepSource {
 public:
  PlainSource(const Descriptor& file, const Places& places, const Layout& layout)
      : file_(file), places_(places), layout_(layout) {}

  hsize_t read(const Rows& rows, StepBlock& block) override {
    const Shape& shape = layout_.shape;
    block.resize(shape, rows.n);
    hsize_t n = rows.n;
    const auto add = [&](Part part, void* to) { n = std::min(n, read_rows(file_, places_, shape, part, rows, to)); };
    add(Part::chain, block.chain.data());
    add(Part::log_prob, block.log_prob.data());
    if (!shape.blobs.empty()) add(Part::blobs, block.blobs.data());
    add(Part::checksum, block.checksums.data());
    block.n = n;
    return count_right(block, rows, shape, layout_.identity);
  }

  bool is_for_threads() const override { return true; }

 private:
  const Descriptor& file_;
  const Places& places_;
  const Layout& layout_;
};

class CompressedSource : public StepSource {
 public:
  CompressedSource(const Descriptor& file, const Places& places, const Layout& layout)
      : file_(file), places_(places), layout_(layout), unpacker_(layout.shape) {}

  hsize_t read(const Rows& rows, StepBlock& block) override {
    const Shape& shape = layout_.shape;
    block.resize(shape, rows.n);
    hsize_t n = 0;
    while (n < rows.n && copy(rows.first + n * rows.stride, block, n)) ++n;
    block.n = std::min(n, read_rows(file_, places_, shape, Part::checksum, rows, block.checksums.data()));
    const hsize_t right = count_right(block, rows, shape, layout_.identity);
    // What was wrong may be right when it is read again.
    if (right < rows.n) unpacked_ = nothing;
    return right;
  }

 private:
  bool copy(hsize_t step, StepBlock& block, hsize_t to) {
    const Shape& shape = layout_.shape;
    const hsize_t chunk = step / shape.steps_per_chunk;
    if (chunk != unpacked_) {
      unpacked_ = nothing;
      if (!unpacker_.read(file_, places_, layout_, chunk, chunk_)) return false;
      unpacked_ = chunk;
    }
    const hsize_t from = step % shape.steps_per_chunk;
    const hsize_t width = shape.n_walkers * shape.n_parameters;
    std::copy_n(chunk_.chain.begin() + static_cast<std::ptrdiff_t>(from * width), width,
                block.chain.begin() + static_cast<std::ptrdiff_t>(to * width));
    std::copy_n(chunk_.log_prob.begin() + static_cast<std::ptrdiff_t>(from * shape.n_walkers), shape.n_walkers,
                block.log_prob.begin() + static_cast<std::ptrdiff_t>(to * shape.n_walkers));
    const hsize_t blob_bytes = shape.blob_bytes();
    std::copy_n(chunk_.blobs.begin() + static_cast<std::ptrdiff_t>(from * blob_bytes), blob_bytes,
                block.blobs.begin() + static_cast<std::ptrdiff_t>(to * blob_bytes));
    return true;
  }

  static constexpr hsize_t nothing = ~hsize_t{0};

  const Descriptor& file_;
  const Places& places_;
  const Layout& layout_;
  Unpacker unpacker_;
  StepBlock chunk_;
  hsize_t unpacked_ = nothing;  // the chunk that is in memory
};

class LibrarySource : public StepSource {
 public:
  LibrarySource(const EmceeRun& run, const Layout* layout, const Growing* growing)
      : run_(run), layout_(layout), growing_(growing) {
    shape_.n_walkers = run.n_walkers;
    shape_.n_parameters = run.n_parameters;
    shape_.blobs = run.blob_type;
  }

  hsize_t read(const Rows& rows, StepBlock& block) override {
    block.resize(shape_, rows.n);
    if (rows.n == 0) return 0;
    run_.read(rows, block.chain.data(), block.log_prob.data(), block.blobs.data());
    return layout_ == nullptr ? rows.n : count_verified(rows, block);
  }

 private:
  // Another program that went on with a run of ours leaves rows without checksums at its end.
  hsize_t count_verified(const Rows& rows, StepBlock& block) {
    const hsize_t n_known = dims_of(growing_->checksum.id())[0];
    hsize_t n = rows.first >= n_known ? 0 : std::min(rows.n, (n_known - rows.first + rows.stride - 1) / rows.stride);
    if (n == 0) return rows.n;
    const Selection selection(growing_->checksum.id(), {rows.first}, {n}, {rows.stride});
    check(H5Dread(growing_->checksum.id(), H5T_NATIVE_UINT64, selection.memory(), selection.file(), H5P_DEFAULT,
                  block.checksums.data()),
          "read 'checksum'");
    block.n = n;
    const hsize_t right = count_right(block, rows, shape_, layout_->identity);
    block.n = rows.n;
    return right < n ? right : rows.n;
  }

  const EmceeRun& run_;
  const Layout* layout_;
  const Growing* growing_;
  Shape shape_;
};

}  // namespace

// Blocks of a few MB: large enough for the disk, small enough to be transposed in the cache.
hsize_t steps_per_block(const Shape& shape, hsize_t stride) {
  constexpr std::size_t block = 4 << 20;
  constexpr std::size_t worth_skipping = 64 << 10;
  const std::size_t row = shape.step_bytes();
  const hsize_t spread = row * stride > worth_skipping ? 1 : stride;
  return std::max<hsize_t>(1, block / (row * spread));
}

hsize_t count_right(StepSource& source, const Shape& shape, hsize_t n_steps, hsize_t stride) {
  const hsize_t n_rows = (n_steps + stride - 1) / stride;
  const hsize_t most = steps_per_block(shape, stride);
  StepBlock block;
  for (hsize_t done = 0; done < n_rows; done += most) {
    const hsize_t n = std::min(most, n_rows - done);
    const hsize_t right = source.read({done * stride, n, stride}, block);
    if (right < n) return done + right;
  }
  return n_rows;
}

std::unique_ptr<StepSource> source_by_places(const Descriptor& file, const Places& places, const Layout& layout) {
  if (layout.shape.is_compressed()) return std::make_unique<CompressedSource>(file, places, layout);
  return std::make_unique<PlainSource>(file, places, layout);
}

std::unique_ptr<StepSource> source_by_library(const EmceeRun& run, const Layout* layout, const Growing* growing) {
  return std::make_unique<LibrarySource>(run, layout, growing);
}

}  // namespace livechain::store
