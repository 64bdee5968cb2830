#include "glue/memory_sink.h"

#include <algorithm>

namespace livechain::glue {

namespace {

constexpr std::size_t block_bytes = 256 << 10;
constexpr hsize_t run_length = 16;  // transposing pays off in blocks

store::Shape shape_of(const core::Snapshot& start, const store::BlobType& blobs) {
  store::Shape shape;
  shape.n_walkers = static_cast<hsize_t>(start.n_walkers());
  shape.n_parameters = static_cast<hsize_t>(start.n_parameters());
  shape.blobs = blobs;
  return shape;
}

}  // namespace

MemorySink::MemorySink(const core::Snapshot& start, R_xlen_t n_steps, const store::BlobType& blobs)
    : shape_(shape_of(start, blobs)), draws_(n_steps, start.n_walkers(), start.n_parameters(), blobs), tally_(start.tally) {
  block_.resize(shape_, std::max<hsize_t>(run_length, block_bytes / shape_.step_bytes() / run_length * run_length));
}

core::Block MemorySink::lend() {
  flush();
  n_taken_ = n_in_place_ = 0;
  return store::rows_of(block_, 0, block_.n, shape_);
}

void MemorySink::record(const core::Tally& tally) {
  ++n_taken_;
  tally_ = tally;
}

void MemorySink::flush() {
  const R_xlen_t n = n_taken_ - n_in_place_;
  const core::Block rows = store::rows_of(block_, static_cast<hsize_t>(n_in_place_), static_cast<hsize_t>(n), shape_);
  draws_.fill_chain(rows.positions, n_written_, n, shape_.n_parameters);
  draws_.fill_log_prob(rows.log_prob, n_written_, n);
  draws_.fill_blobs(rows.blobs, n_written_, n);
  n_in_place_ = n_taken_;
  n_written_ += n;
}

}  // namespace livechain::glue
