// The draws of a chain as R has them, filled in pieces.
#pragma once

#include "glue/blobs.h"
#include "store/blob_type.h"

#include <Rcpp.h>

#include <cstddef>
#include <vector>

namespace livechain::glue {

class Draws {
 public:
  Draws(R_xlen_t n_steps, R_xlen_t n_walkers, R_xlen_t n_parameters, const store::BlobType& blobs);

  // `n` steps in the order of the file, which become the steps from `first` on. Of the chain, there may be more parameters in
  // a row than are wanted, `n_stored` in all.
  void fill_chain(const double* rows, R_xlen_t first, R_xlen_t n, hsize_t n_stored);
  void fill_log_prob(const double* rows, R_xlen_t first, R_xlen_t n);
  void fill_blobs(const std::byte* records, R_xlen_t first, R_xlen_t n);

  // draws [step, walker, parameter], log_prob [step, walker], blobs: NULL or a list of arrays.
  Rcpp::List to_list() const;

 private:
  R_xlen_t n_steps_, n_walkers_, n_parameters_;
  Rcpp::NumericVector chain_;
  Rcpp::NumericVector log_prob_;
  bool has_blobs_;
  BlobArrays blobs_;
};

}  // namespace livechain::glue
