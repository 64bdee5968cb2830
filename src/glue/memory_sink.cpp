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

MemorySink::MemorySink(const core::Snapshot& start, R_xlen_t n_steps, const store::BlobType& blobs, bool with_helper)
    : shape_(shape_of(start, blobs)), draws_(n_steps, start.n_walkers(), start.n_parameters(), blobs), tally_(start.tally) {
  const hsize_t room = std::max<hsize_t>(run_length, block_bytes / shape_.step_bytes() / run_length * run_length);
  const bool is_long = static_cast<hsize_t>(n_steps) > 2 * room;
  for (store::StepBlock& block : blocks_) block.resize(shape_, std::min(room, static_cast<hsize_t>(n_steps) + 1));
  if (with_helper && is_long) helper_ = std::make_unique<store::Helper>();
}

core::Block MemorySink::lend() {
  const auto n = static_cast<hsize_t>(n_taken_ - n_in_place_);
  const core::Block filled = store::rows_of(blocks_[current_], static_cast<hsize_t>(n_in_place_), n, shape_);
  if (helper_) {
    helper_->begin([this, filled, first = n_written_] { bring(filled, first); });
  } else {
    bring(filled, n_written_);
  }
  draws_.fill_blobs(filled.blobs, n_written_, n_taken_ - n_in_place_);
  n_written_ += n_taken_ - n_in_place_;
  n_taken_ = n_in_place_ = 0;
  current_ = 1 - current_;
  return store::rows_of(blocks_[current_], 0, blocks_[current_].n, shape_);
}

void MemorySink::record(const core::Tally& tally) {
  ++n_taken_;
  tally_ = tally;
}

void MemorySink::flush() {
  if (helper_) helper_->wait();
  const R_xlen_t n = n_taken_ - n_in_place_;
  const core::Block rows = store::rows_of(blocks_[current_], static_cast<hsize_t>(n_in_place_), static_cast<hsize_t>(n), shape_);
  bring(rows, n_written_);
  draws_.fill_blobs(rows.blobs, n_written_, n);
  n_in_place_ = n_taken_;
  n_written_ += n;
}

void MemorySink::bring(const core::Block& rows, R_xlen_t first) {
  const auto n = static_cast<R_xlen_t>(rows.n_steps);
  draws_.fill_chain(rows.positions, first, n, shape_.n_parameters);
  draws_.fill_log_prob(rows.log_prob, first, n);
}

}  // namespace livechain::glue
