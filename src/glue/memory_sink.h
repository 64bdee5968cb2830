// The steps of a run that stays in memory.
#pragma once

#include "core/world.h"
#include "glue/draws.h"
#include "store/steps.h"
#include "store/system/thread.h"

#include <memory>

namespace livechain::glue {

class MemorySink : public core::Sink {
 public:
  // With a helper, what is filled is brought into R's order while the next steps are made. A process that might be forked
  // must not have one.
  MemorySink(const core::Snapshot& start, R_xlen_t n_steps, const store::BlobType& blobs, bool with_helper);

  core::Block lend() override;
  void record(const core::Tally& tally) override;
  void flush() override;
  void finish() override { flush(); }

  // The arrays have room for all steps of the run; so many were recorded.
  R_xlen_t n_recorded() const { return n_written_ + n_taken_ - n_in_place_; }
  Rcpp::List to_list() const { return draws_.to_list(); }

  // What the last recorded step had beside its draws.
  const core::Tally& tally() const { return tally_; }

 private:
  void bring(const core::Block& rows, R_xlen_t first);

  store::Shape shape_;
  Draws draws_;
  core::Tally tally_;
  store::StepBlock blocks_[2];  // in turn
  int current_ = 0;
  R_xlen_t n_taken_ = 0;     // rows of the present block that are steps
  R_xlen_t n_in_place_ = 0;  // of which R's arrays have these
  R_xlen_t n_written_ = 0;   // steps that the arrays have, or get from the helper
  std::unique_ptr<store::Helper> helper_;
};

}  // namespace livechain::glue
