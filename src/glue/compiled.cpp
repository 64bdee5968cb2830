// Entries for compiled densities.
#include "glue/compiled_density.h"
#include "glue/entry.h"

namespace livechain::glue {

namespace {

SEXP names_of(const char* const* names, std::size_t n) {
  Rcpp::CharacterVector result(n);
  for (std::size_t i = 0; i < n; ++i) result[static_cast<R_xlen_t>(i)] = Rcpp::String(names[i], CE_UTF8);
  return result;
}

// NULL where there are none.
SEXP names_or_null(const char* const* names, std::size_t n) {
  return n == 0 ? R_NilValue : names_of(names, n);
}

// Row by row: the log-probability, and the blobs.
Rcpp::NumericMatrix evaluate(UserDensity& density, core::Batch& batch) {
  density.evaluate(batch);
  const auto n_blobs = static_cast<int>(batch.blob_size / sizeof(double));
  Rcpp::NumericMatrix results(static_cast<int>(batch.n), 1 + n_blobs);
  for (int i = 0; i < results.nrow(); ++i) {
    results(i, 0) = batch.log_prob[static_cast<std::size_t>(i)];
    const auto* blobs = reinterpret_cast<const double*>(batch.blob(i));
    for (int b = 0; b < n_blobs; ++b) results(i, 1 + b) = blobs[b];
  }
  return results;
}

}  // namespace

// Takes over a density that livechain.h made.
extern "C" SEXP livechain_adopt_density(SEXP pointer) {
  return entry([&]() -> SEXP {
    using Rcpp::_;
    auto* density = static_cast<abi::Density*>(R_ExternalPtrAddr(pointer));
    if (density == nullptr) throw UnusableDensity("session");
    const Rcpp::XPtr<Adopted> held(new Adopted(density), true);
    R_ClearExternalPtr(pointer);
    return Rcpp::List::create(_["pointer"] = held,
                              _["parameters"] = names_or_null(density->parameters, density->n_parameters),
                              _["blobs"] = names_or_null(density->blobs, density->n_blobs));
  });
}

extern "C" SEXP livechain_is_valid(SEXP pointer) {
  return Rf_ScalarLogical(R_ExternalPtrAddr(pointer) != nullptr);
}

// The density as a run evaluates it.
extern "C" SEXP livechain_compiled_density(SEXP pointer, SEXP n_threads) {
  return entry([&]() -> SEXP {
    return Rcpp::XPtr<UserDensity>(new CompiledDensity(pointer, Rcpp::as<int>(n_threads)), true);
  });
}

// The log-probability at one position, and the blobs.
extern "C" SEXP livechain_call_density(SEXP pointer, SEXP position) {
  return entry([&]() -> SEXP {
    const Rcpp::NumericVector x(position);
    CompiledDensity density(pointer, 1);
    core::Batch batch;
    batch.resize(1, static_cast<core::Index>(x.size()), 0);
    std::copy(x.begin(), x.end(), batch.positions.begin());
    batch.walkers[0] = -1;
    return Rcpp::NumericVector(evaluate(density, batch).row(0));
  });
}

// What livechain_compiled_density() made, at the positions that are rows: a row for each, as above.
extern "C" SEXP livechain_evaluate_rows(SEXP density, SEXP positions) {
  return entry([&]() -> SEXP {
    const Rcpp::NumericMatrix rows(positions);
    core::Batch batch;
    batch.resize(static_cast<core::Index>(rows.nrow()), static_cast<core::Index>(rows.ncol()), 0);
    for (int i = 0; i < rows.nrow(); ++i) {
      for (int p = 0; p < rows.ncol(); ++p) batch.position(i)[p] = rows(i, p);
      batch.walkers[static_cast<std::size_t>(i)] = i;
    }
    return evaluate(*Rcpp::XPtr<UserDensity>(density), batch);
  });
}

}  // namespace livechain::glue
