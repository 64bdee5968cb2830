#include "glue/memory_sink.h"

namespace livechain::glue {

namespace {

constexpr R_xlen_t most_pending = 64;  // steps: transposing pays off in blocks

}  // namespace

void MemorySink::record(const core::Ensemble& e) {
  chain_.insert(chain_.end(), e.positions.data(), e.positions.data() + e.positions.size());
  log_prob_.insert(log_prob_.end(), e.log_prob.data(), e.log_prob.data() + e.log_prob.size());
  blobs_.insert(blobs_.end(), e.blobs.begin(), e.blobs.end());
  tally_.accepted = e.accepted;
  tally_.n_nan = e.n_nan;
  tally_.memory = e.memory;
  if (++n_pending_ == most_pending) flush();
}

void MemorySink::flush() {
  draws_.fill_chain(chain_.data(), n_written_, n_pending_, n_parameters_);
  draws_.fill_log_prob(log_prob_.data(), n_written_, n_pending_);
  draws_.fill_blobs(blobs_.data(), n_written_, n_pending_);
  n_written_ += n_pending_;
  n_pending_ = 0;
  chain_.clear();
  log_prob_.clear();
  blobs_.clear();
}

}  // namespace livechain::glue
