#include "store/steps.h"

#include "store/checksum.h"
#include "store/error.h"

#include <algorithm>

namespace livechain::store {

namespace {

// What lies between rows that are wanted is read with them where that is little.
constexpr std::size_t worth_skipping = 64 << 10;  // bytes
constexpr std::size_t at_once = 1 << 20;

}  // namespace

void StepBlock::resize(const Shape& shape, hsize_t n_steps) {
  n = n_steps;
  chain.resize(n * shape.n_walkers * shape.n_parameters);
  log_prob.resize(n * shape.n_walkers);
  blobs.resize(n * shape.blob_bytes());
  checksums.resize(n);
}

void StepBlock::clear() {
  n = 0;
  chain.clear();
  log_prob.clear();
  blobs.clear();
  checksums.clear();
}

Steps steps_of(const std::optional<core::Snapshot>& state) {
  if (!state) return {};
  return {1, state->positions.data(), state->log_prob.data(), state->blobs.data()};
}

void append_row(StepBlock& block, const StepBlock& from, hsize_t i, const Shape& shape) {
  const auto append = [i](auto& to, const auto& rows, std::size_t width) {
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>(i * width);
    to.insert(to.end(), first, first + static_cast<std::ptrdiff_t>(width));
  };
  append(block.chain, from.chain, shape.n_walkers * shape.n_parameters);
  append(block.log_prob, from.log_prob, shape.n_walkers);
  append(block.blobs, from.blobs, shape.blob_bytes());
  ++block.n;
}

core::Block rows_of(StepBlock& block, hsize_t first, hsize_t n, const Shape& shape) {
  return {block.chain.data() + first * shape.n_walkers * shape.n_parameters, block.log_prob.data() + first * shape.n_walkers,
          block.blobs.data() + first * shape.blob_bytes(), n};
}

std::uint64_t checksum_of(const StepBlock& block, hsize_t i, const Shape& shape, std::uint64_t identity, std::uint64_t step) {
  std::uint64_t sum = seed_of_step(identity, step);
  sum = checksum(block.chain.data() + i * shape.n_walkers * shape.n_parameters, shape.chain_bytes(), sum);
  sum = checksum(block.log_prob.data() + i * shape.n_walkers, shape.log_prob_bytes(), sum);
  const std::size_t blob_bytes = shape.blob_bytes();
  return blob_bytes == 0 ? sum : checksum(block.blobs.data() + i * blob_bytes, blob_bytes, sum);
}

hsize_t count_right(const StepBlock& block, const Rows& rows, const Shape& shape, std::uint64_t identity) {
  hsize_t right = 0;
  while (right < block.n &&
         checksum_of(block, right, shape, identity, rows.first + right * rows.stride + 1) == block.checksums[right]) {
    ++right;
  }
  return right;
}

hsize_t read_rows(const Descriptor& file, const Places& places, const Shape& shape, Part part, hsize_t first, hsize_t n,
                  void* rows) {
  auto* to = static_cast<char*>(rows);
  const std::size_t width = shape.row_bytes(part);
  hsize_t done = 0;
  while (done < n) {
    const std::optional<Piece> piece = places.find(part, shape, first + done, n - done);
    if (!piece || !file.read(to, piece->n_rows * width, piece->address)) return done;
    to += piece->n_rows * width;
    done += piece->n_rows;
  }
  return done;
}

hsize_t read_rows(const Descriptor& file, const Places& places, const Shape& shape, Part part, const Rows& wanted, void* rows) {
  if (wanted.stride == 1) return read_rows(file, places, shape, part, wanted.first, wanted.n, rows);
  auto* to = static_cast<char*>(rows);
  const std::size_t width = shape.row_bytes(part);
  if (width * wanted.stride > worth_skipping) {
    for (hsize_t i = 0; i < wanted.n; ++i, to += width) {
      if (read_rows(file, places, shape, part, wanted.first + i * wanted.stride, 1, to) == 0) return i;
    }
    return wanted.n;
  }
  const hsize_t most = std::max<hsize_t>(1, at_once / (width * wanted.stride));
  std::vector<char> all;
  hsize_t done = 0;
  while (done < wanted.n) {
    const hsize_t n = std::min(most, wanted.n - done);
    all.resize(((n - 1) * wanted.stride + 1) * width);
    const hsize_t n_read = read_rows(file, places, shape, part, wanted.first + done * wanted.stride, all.size() / width, all.data());
    const hsize_t n_found = std::min(n, (n_read + wanted.stride - 1) / wanted.stride);
    for (hsize_t i = 0; i < n_found; ++i, to += width) std::copy_n(all.data() + i * wanted.stride * width, width, to);
    done += n_found;
    if (n_found < n) break;
  }
  return done;
}

void write_rows(const Descriptor& file, const Places& places, const Shape& shape, Part part, hsize_t first, hsize_t n,
                const void* rows) {
  const auto* from = static_cast<const char*>(rows);
  const std::size_t width = shape.row_bytes(part);
  while (n > 0) {
    const std::optional<Piece> piece = places.find(part, shape, first, n);
    if (!piece) throw Error(Kind::io, file.path(), "a row has no place in the file");
    file.write(from, piece->n_rows * width, piece->address);
    from += piece->n_rows * width;
    first += piece->n_rows;
    n -= piece->n_rows;
  }
}

}  // namespace livechain::store
