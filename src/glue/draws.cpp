#include "glue/draws.h"

#include "glue/entry.h"
#include "glue/new_array.h"
#include "glue/transpose.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace livechain::glue {

namespace {

// Asks for large pages, as NumPy does: to touch an array's small ones for the first time takes longer than
// to fill it. Where there are none, nothing happens.
Rcpp::NumericVector in_large_pages(const Rcpp::RObject& numbers) {
  Rcpp::NumericVector array(static_cast<SEXP>(numbers));
#ifdef MADV_HUGEPAGE
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto first = (reinterpret_cast<std::uintptr_t>(array.begin()) + page - 1) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(array.end());
  if (end > first + (std::uintptr_t(4) << 20)) {
    madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
  }
#endif
  return array;
}

}  // namespace

Draws::Draws(R_xlen_t n_steps, R_xlen_t n_walkers, R_xlen_t n_parameters, const store::BlobType& blobs)
    : n_steps_(n_steps),
      n_walkers_(n_walkers),
      n_parameters_(n_parameters),
      chain_(in_large_pages(new_array(REALSXP, {n_steps, n_walkers, n_parameters}))),
      log_prob_(in_large_pages(new_array(REALSXP, {n_steps, n_walkers}))),
      has_blobs_(!blobs.empty()),
      blobs_(blobs, n_steps, n_walkers) {}

void Draws::fill_chain(const double* rows, R_xlen_t first, R_xlen_t n, hsize_t n_stored) {
  transpose(rows, static_cast<std::size_t>(n), static_cast<std::size_t>(n_walkers_),
            static_cast<std::size_t>(n_parameters_), n_stored, chain_.begin() + first,
            static_cast<std::size_t>(n_steps_));
}

void Draws::fill_log_prob(const double* rows, R_xlen_t first, R_xlen_t n) {
  transpose(rows, static_cast<std::size_t>(n), static_cast<std::size_t>(n_walkers_), 1, 1,
            log_prob_.begin() + first, static_cast<std::size_t>(n_steps_));
}

void Draws::fill_blobs(const std::byte* records, R_xlen_t first, R_xlen_t n) {
  if (has_blobs_) blobs_.fill(records, first, n);
}

Rcpp::List Draws::to_list() const {
  using Rcpp::_;
  Rcpp::RObject blobs;
  if (has_blobs_) blobs = blobs_.arrays();
  return Rcpp::List::create(_["draws"] = chain_, _["log_prob"] = log_prob_, _["blobs"] = blobs);
}

// Names the parameters of new draws [step, walker, parameter], in place: R would copy them all.
extern "C" SEXP livechain_name_parameters(SEXP draws, SEXP names) {
  return entry([&]() -> SEXP {
    const Rcpp::List dimnames = Rcpp::List::create(R_NilValue, R_NilValue, names);
    return Rcpp::unwindProtect([&]() -> SEXP {
      Rf_setAttrib(draws, R_DimNamesSymbol, dimnames);
      return draws;
    });
  });
}

}  // namespace livechain::glue
