// Densities that were compiled by the user with inst/include/livechain.h.
#pragma once

#include "glue/user_density.h"

#include <Rcpp.h>
#include <livechain/abi.h>
#include <tbb/task_arena.h>

#include <chrono>

namespace livechain::glue {

// Holds a density, and the shared library it came from: sourceCpp() unloads a library whose source has
// changed, whether or not it is in use.
class Adopted {
 public:
  // Throws UnusableDensity when the density follows another version of the interface.
  explicit Adopted(abi::Density* density);
  ~Adopted();
  Adopted(const Adopted&) = delete;
  Adopted& operator=(const Adopted&) = delete;

  const abi::Density& density() const { return *density_; }

 private:
  abi::Density* density_;
  void* library_;
};

// The density behind a pointer made by livechain_adopt_density(); throws UnusableDensity when that is of
// another session.
const abi::Density& adopted(SEXP pointer);

store::BlobType blob_type_of(const abi::Density& density);

class CompiledDensity : public UserDensity {
 public:
  CompiledDensity(SEXP pointer, int n_threads);

  void evaluate(core::Batch& batch) override;

  bool may_fork() const override { return false; }
  std::optional<Current> current() const override;

  // The density has blobs of its own, to which those of the file must be equal.
  void set_blob_type(const store::BlobType& type) override;

 private:
  friend class Rows;
  using Clock = std::chrono::steady_clock;

  bool is_slow();
  std::size_t rows_in_chunk(std::size_t n) const;

  Rcpp::RObject pointer_;
  const abi::Density& density_;
  int n_threads_;
  tbb::task_arena arena_;
  Clock::time_point last_;

  // What is evaluated together just now.
  struct Together {
    const core::Batch* batch = nullptr;
    std::size_t first = 0;
    std::size_t n = 0;
    const std::size_t* n_done = nullptr;
  };
  Together rows_;
  double seconds_a_row_ = 1e-3;  // until it is measured: what takes long is shared from the beginning
};

}  // namespace livechain::glue
