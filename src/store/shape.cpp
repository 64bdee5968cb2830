#include "store/shape.h"

#include <algorithm>

namespace livechain::store {

namespace {

constexpr std::size_t small_chunk = 4096;  // bytes

}  // namespace

std::size_t Shape::row_bytes(Part part) const {
  constexpr std::size_t cell = sizeof(std::int64_t);
  switch (part) {
    case Part::chain: return chain_bytes();
    case Part::log_prob: return log_prob_bytes();
    case Part::blobs: return blob_bytes();
    case Part::checksum: return cell;
    case Part::states: return (state_cells() + 1) * cell;
    case Part::chunks: break;
  }
  return 7 * cell;
}

hsize_t Shape::rows_per_chunk(Part part) const {
  const bool by_step = part != Part::states && part != Part::chunks;
  return by_step ? steps_per_chunk : std::max<hsize_t>(1, small_chunk / row_bytes(part));
}

bool Shape::is_plain(Part part) const {
  switch (part) {
    case Part::chain:
    case Part::log_prob: return !is_compressed();
    case Part::blobs: return !is_compressed() && !blobs.empty();
    case Part::chunks: return is_compressed();
    default: return true;
  }
}

void Shape::choose_chunks(std::int64_t target) {
  constexpr double smallest = 8 << 10;
  const double largest = is_compressed() ? 128 << 10 : 512 << 10;
  const auto widest = static_cast<double>(std::max(chain_bytes(), blob_bytes()));
  const double bytes = std::clamp(widest * static_cast<double>(target) / 128, smallest, largest);
  steps_per_chunk = std::max<hsize_t>(1, static_cast<hsize_t>(bytes / widest));
  // States take up to a hundredth of the room that steps take.
  const hsize_t sparse = 100 * row_bytes(Part::states) / step_bytes() + 1;
  state_interval = (sparse + steps_per_chunk - 1) / steps_per_chunk * steps_per_chunk;
}

}  // namespace livechain::store
