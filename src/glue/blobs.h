// Between what an R density returns and the records in which blobs are stored.
#pragma once

#include "store/blob_type.h"

#include <Rcpp.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace livechain::glue {

// A blob that is not as it was before, and what it is: part of a result that whoever catches this still has.
class BadBlob : public std::invalid_argument {
 public:
  BadBlob(const std::string& expected, SEXP value) : std::invalid_argument(expected), value_(value) {}
  SEXP value() const { return value_; }

 private:
  SEXP value_;
};

// The type of the blobs in `c(log_prob, ...)` or `list(log_prob, ...)`. Like the next, it throws
// std::invalid_argument, whose message says what was expected.
store::BlobType blob_type_of(SEXP result);

// Writes the blobs of one result as one record.
void encode_blobs(SEXP result, const store::BlobType& type, std::byte* record);

// The same where there need not be blobs: the first of them may be missing.
void encode_some_blobs(SEXP result, const store::BlobType& type, std::byte* record);

// A record of missing values.
void encode_missing_blobs(const store::BlobType& type, std::byte* record);

// Records [step, walker] as R has them: for each field an array [step, walker, ...], filled in pieces.
class BlobArrays {
 public:
  BlobArrays(const store::BlobType& type, R_xlen_t n_steps, R_xlen_t n_walkers);

  // `n` steps that become the steps from `first` on.
  void fill(const std::byte* records, R_xlen_t first, R_xlen_t n);

  // A list of arrays, named by field.
  Rcpp::List arrays() const;

 private:
  void fill_field(const store::BlobField& field, const std::byte* records, R_xlen_t first, R_xlen_t n,
                  SEXP array) const;

  store::BlobType type_;
  R_xlen_t n_steps_;
  R_xlen_t n_walkers_;
  Rcpp::List fields_;
};

}  // namespace livechain::glue
