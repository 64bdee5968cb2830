// Where the steps of a run go.
#pragma once

#include "core/world.h"
#include "glue/draws.h"
#include "hdf5/writer.h"

#include <vector>

namespace livechain::glue {

class FileSink : public core::Sink {
 public:
  explicit FileSink(hdf5::Writer& writer) : writer_(writer) {}
  void record(const core::Ensemble& e) override {
    tally_.accepted = e.accepted;
    tally_.n_nan = e.n_nan;
    tally_.memory = e.memory;
    writer_.append(e.positions.data(), e.log_prob.data(), e.blobs.data(), tally_);
  }
  void flush() override { writer_.publish(); }
  void finish() override { writer_.close(); }

 private:
  hdf5::Writer& writer_;
  hdf5::Tally tally_;  // kept, so that its memory is
};

class MemorySink : public core::Sink {
 public:
  MemorySink(const core::Ensemble& e, R_xlen_t n_steps, const hdf5::BlobType& blobs)
      : draws_(n_steps, e.n_walkers(), e.n_parameters(), blobs), tally_{e.accepted, e.n_nan, e.memory} {}
  void record(const core::Ensemble& e) override;
  void flush() override;
  void finish() override { flush(); }

  // The arrays have room for all steps of the run; so many were recorded.
  R_xlen_t n_recorded() const { return n_written_ + n_pending_; }
  Rcpp::List to_list() const { return draws_.to_list(); }

  // What the last recorded step had beside its draws.
  const hdf5::Tally& tally() const { return tally_; }

 private:
  Draws draws_;
  hdf5::Tally tally_;
  std::vector<double> chain_, log_prob_;
  std::vector<std::byte> blobs_;
  R_xlen_t n_written_ = 0;
  R_xlen_t n_pending_ = 0;
};

}  // namespace livechain::glue
