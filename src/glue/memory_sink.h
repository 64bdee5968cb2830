// The steps of a run that stays in memory.
#pragma once

#include "core/world.h"
#include "glue/draws.h"
#include "store/progress.h"

#include <vector>

namespace livechain::glue {

class MemorySink : public core::Sink {
 public:
  MemorySink(const core::Ensemble& e, R_xlen_t n_steps, const store::BlobType& blobs)
      : draws_(n_steps, e.n_walkers(), e.n_parameters(), blobs), n_parameters_(static_cast<hsize_t>(e.n_parameters())),
        tally_{e.accepted, e.n_nan, e.memory} {}
  void record(const core::Ensemble& e) override;
  void flush() override;
  void finish() override { flush(); }

  // The arrays have room for all steps of the run; so many were recorded.
  R_xlen_t n_recorded() const { return n_written_ + n_pending_; }
  Rcpp::List to_list() const { return draws_.to_list(); }

  // What the last recorded step had beside its draws.
  const store::Tally& tally() const { return tally_; }

 private:
  Draws draws_;
  hsize_t n_parameters_;
  store::Tally tally_;
  std::vector<double> chain_, log_prob_;
  std::vector<std::byte> blobs_;
  R_xlen_t n_written_ = 0;
  R_xlen_t n_pending_ = 0;
};

}  // namespace livechain::glue
