// The steps of a run that stays in memory.
#pragma once

#include "core/world.h"
#include "glue/draws.h"
#include "store/steps.h"

namespace livechain::glue {

class MemorySink : public core::Sink {
 public:
  MemorySink(const core::Snapshot& start, R_xlen_t n_steps, const store::BlobType& blobs);

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
  store::Shape shape_;
  Draws draws_;
  core::Tally tally_;
  store::StepBlock block_;
  R_xlen_t n_taken_ = 0;     // rows of the block that are steps
  R_xlen_t n_in_place_ = 0;  // of which R's arrays have these
  R_xlen_t n_written_ = 0;   // steps that the arrays have
};

}  // namespace livechain::glue
