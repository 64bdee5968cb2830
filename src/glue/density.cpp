#include "glue/density.h"

#include "glue/blobs.h"
#include "glue/elements.h"
#include "glue/entry.h"
#include "glue/signals.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace livechain::glue {

namespace {

// R's plain NA is a logical.
bool is_plain_na(SEXP value) {
  return TYPEOF(value) == LGLSXP && length_of(value) == 1 && std::isnan(number_at(value, 0));
}

// Numbers that mean something else.
bool is_of_other_kind(SEXP values) {
  return Rf_inherits(values, "integer64") || Rf_inherits(values, "Date") || Rf_inherits(values, "POSIXct") ||
         Rf_inherits(values, "difftime");
}

bool is_numeric(SEXP values) {
  if (Rf_isObject(values) && is_of_other_kind(values)) return false;
  return TYPEOF(values) == REALSXP || (TYPEOF(values) == INTSXP && !Rf_isFactor(values)) || is_plain_na(values);
}

// The log-probability in a result: its first number.
double log_prob_of(SEXP result) {
  if (TYPEOF(result) == VECSXP && length_of(result) > 0) {
    const SEXP first = item_at(result, 0);
    if (length_of(first) != 1) throw std::invalid_argument("one number as the first element");
    return log_prob_of(first);
  }
  if (!is_numeric(result) || length_of(result) == 0) throw std::invalid_argument("a number");
  return number_at(result, 0);
}

// Where the density is -Inf, or NaN that may be rejected, there need not be blobs.
bool may_lack_blobs(double log_prob) { return log_prob == R_NegInf || std::isnan(log_prob); }

bool lacks_blobs(SEXP result) {
  if (TYPEOF(result) == VECSXP) return length_of(result) == 1 && lacks_blobs(item_at(result, 0));
  return is_numeric(result) && length_of(result) == 1 && may_lack_blobs(number_at(result, 0));
}

bool may_lack_some(SEXP result) {
  const SEXP first = TYPEOF(result) == VECSXP && length_of(result) > 0 ? item_at(result, 0) : result;
  return is_numeric(first) && length_of(first) > 0 && may_lack_blobs(number_at(first, 0));
}

void require_one_each(SEXP results, core::Index n) {
  const bool usable = TYPEOF(results) == VECSXP || is_numeric(results);
  if (!usable || length_of(results) != n) {
    throw BadResult("one number for each of the " + std::to_string(n) + " positions", results);
  }
}

// Calls `use`; when it refuses the result for row `i`, the walker and the position are added.
template <class Use>
void for_walker(SEXP result, const core::Batch& batch, core::Index i, Use use) {
  const double* row = batch.position(i);
  const auto refused = [&](const char* expected, SEXP found) {
    return BadResult(expected, found, batch.walker(i), {row, row + batch.n_parameters});
  };
  try {
    use();
  } catch (const BadBlob& error) {
    throw refused(error.what(), error.value());
  } catch (const std::invalid_argument& error) {
    throw refused(error.what(), result);
  }
}

}  // namespace

void RDensity::evaluate(core::Batch& batch) {
  generator_.watch([&] { evaluate_once(batch); });
  generator_.count(batch.walkers);
}

void RDensity::evaluate_once(core::Batch& batch) {
  const Rcpp::RObject results = call(batch);
  if (is_table(results, batch.n)) return take_table(results, batch);
  require_one_each(results, batch.n);
  if (!blob_type_) blob_type_ = infer_blob_type(results, batch);
  if (batch.blob_size != blob_type_->size()) batch.set_blob_size(blob_type_->size());
  if (TYPEOF(results) == REALSXP && blob_type_->empty()) {
    std::copy_n(REAL(results), batch.n, batch.log_prob.data());
    return;
  }
  for (core::Index i = 0; i < batch.n; ++i) {
    if (TYPEOF(results) == VECSXP) {
      take(item_at(results, i), batch, i);
    } else {
      take_number(results, batch, i);
    }
  }
}

void RDensity::take(SEXP result, core::Batch& batch, core::Index i) const {
  for_walker(result, batch, i, [&] {
    batch.log_prob[i] = log_prob_of(result);
    if (lacks_blobs(result)) {
      encode_missing_blobs(*blob_type_, batch.blob(i));
    } else if (may_lack_blobs(batch.log_prob[i])) {
      try {
        encode_some_blobs(result, *blob_type_, batch.blob(i));
      } catch (const BadBlob&) {
        encode_missing_blobs(*blob_type_, batch.blob(i));
      }
    } else {
      encode_blobs(result, *blob_type_, batch.blob(i));
    }
  });
}

bool RDensity::is_table(SEXP results, core::Index n) const {
  if (!blob_type_ || blob_type_->empty() || TYPEOF(results) != REALSXP || !Rf_isMatrix(results)) return false;
  const std::vector<store::BlobField>& fields = blob_type_->fields();
  const SEXP dimnames = Rf_getAttrib(results, R_DimNamesSymbol);
  const SEXP names = Rf_isNull(dimnames) ? R_NilValue : VECTOR_ELT(dimnames, 1);
  const auto n_columns = static_cast<R_xlen_t>(fields.size()) + 1;
  if (Rf_nrows(results) != n || Rf_ncols(results) != n_columns || length_of(names) != n_columns) return false;
  for (R_xlen_t i = 1; i < n_columns; ++i) {
    const store::BlobField& field = fields[static_cast<std::size_t>(i - 1)];
    if (field.kind != store::BlobKind::real || !field.dims.empty() || text_at(names, i) != field.name) return false;
  }
  return true;
}

void RDensity::take_table(SEXP results, core::Batch& batch) const {
  if (batch.blob_size != blob_type_->size()) batch.set_blob_size(blob_type_->size());
  const double* column = REAL(results);
  std::copy_n(column, batch.n, batch.log_prob.data());
  for (const store::BlobField& field : blob_type_->fields()) {
    column += batch.n;
    for (core::Index i = 0; i < batch.n; ++i) std::memcpy(batch.blob(i) + field.offset, column + i, sizeof(double));
  }
}

// One of the numbers that a whole batch returned: there are no blobs with it.
void RDensity::take_number(SEXP numbers, core::Batch& batch, core::Index i) const {
  batch.log_prob[i] = number_at(numbers, i);
  if (blob_type_->empty()) return;
  if (!may_lack_blobs(batch.log_prob[i])) {
    throw BadResult("the blobs that the run has, in a row for each position, beside the log-probability",
                    numbers);
  }
  encode_missing_blobs(*blob_type_, batch.blob(i));
}

// From the first result that must have them.
store::BlobType RDensity::infer_blob_type(SEXP results, const core::Batch& batch) const {
  store::BlobType type;
  if (TYPEOF(results) != VECSXP) return type;
  const auto first_without = [&](bool (*lacks)(SEXP)) {
    core::Index i = 0;
    while (i < batch.n && lacks(item_at(results, i))) ++i;
    return i;
  };
  core::Index i = first_without(may_lack_some);
  if (i == batch.n) i = first_without(lacks_blobs);
  if (i == batch.n) return type;
  const SEXP result = item_at(results, i);
  for_walker(result, batch, i, [&] {
    log_prob_of(result);
    if (length_of(result) > 1) check_blobs(result, batch, i, batch.walker(i));
    type = blob_type_of(result);
  });
  return type;
}

void RDensity::check_blobs(SEXP result, const core::Batch& batch, core::Index i, core::Index walker) const {
  const double* row = batch.position(i);
  function("check_blobs")(result, static_cast<double>(walker + 1), Rcpp::NumericVector(row, row + batch.n_parameters));
}

// All evaluations share one protection against R's jumps: inside it there is no C++ object to be skipped. So do
// they share one vector, as long as nobody but the frame holds on to it.
template <class Take>
Rcpp::RObject PointDensity::evaluate_from(core::Index& i, const core::Batch& batch, Take take) {
  const core::Index n = batch.n;
  const core::Index d = batch.n_parameters;
  const Clock::time_point start = Clock::now();
  Rcpp::RObject refused = Rcpp::unwindProtect([&]() -> SEXP {
    SEXP position = R_NilValue;
    PROTECT_INDEX place;
    PROTECT_WITH_INDEX(position, &place);
    SEXP result = R_NilValue;
    for (; i < n; ++i) {
      if (position == R_NilValue || MAYBE_SHARED(position)) {
        REPROTECT(position = Rf_allocVector(REALSXP, d), place);
        if (!Rf_isNull(parameter_names())) Rf_setAttrib(position, R_NamesSymbol, parameter_names());
        set_position(position);
      }
      std::copy_n(batch.position(i), d, REAL(position));
      const core::Index walker = batch.walker(i);
      begin({walker, batch.position(i), d});
      if (generator_.seeds()) generator_.seed(walker);
      result = evaluate_call();
      if (!take(i, result) || EndingSignals::came()) break;
      if (is_slow_) between();
    }
    UNPROTECT(1);
    return result;
  });
  end();
  if (EndingSignals::came()) throw EndedBySignal();
  between();
  is_slow_ = Clock::now() - start > std::chrono::milliseconds(1);
  return refused;
}

void PointDensity::evaluate_once(core::Batch& batch) {
  const bool can_be_plain = blob_type() && blob_type()->size() == 0;
  if (!can_be_plain) return RDensity::evaluate_once(batch);
  const auto take_plain = [&batch](core::Index i, SEXP result) {
    const bool plain = TYPEOF(result) == REALSXP && Rf_xlength(result) == 1 && !Rf_isObject(result);
    if (plain) batch.log_prob[i] = REAL_ELT(result, 0);
    return plain;
  };
  for (core::Index i = 0; i < batch.n; ++i) {
    const Rcpp::RObject other = evaluate_from(i, batch, take_plain);
    if (i < batch.n) take(other, batch, i);
  }
}

Rcpp::RObject PointDensity::call(const core::Batch& batch) {
  const Rcpp::List results(batch.n);
  core::Index i = 0;
  evaluate_from(i, batch, [&results](core::Index at, SEXP result) {
    SET_VECTOR_ELT(results, at, result);
    return true;
  });
  return results;
}

// The one of the last call, as long as nobody but the frame holds on to it.
SEXP BatchDensity::matrix_of(core::Index n, core::Index d) const {
  const SEXP last = position();
  const bool fits = TYPEOF(last) == REALSXP && Rf_isMatrix(last) && Rf_nrows(last) == n && Rf_ncols(last) == d;
  if (fits && !MAYBE_SHARED(last)) return last;
  const SEXP positions = PROTECT(Rf_allocMatrix(REALSXP, n, d));
  if (!Rf_isNull(parameter_names())) {
    const SEXP dimnames = PROTECT(Rf_allocVector(VECSXP, 2));
    SET_VECTOR_ELT(dimnames, 1, parameter_names());
    Rf_setAttrib(positions, R_DimNamesSymbol, dimnames);
    UNPROTECT(1);
  }
  set_position(positions);
  UNPROTECT(1);
  return positions;
}

Rcpp::RObject BatchDensity::call(const core::Batch& batch) {
  const core::Index n = batch.n;
  const core::Index d = batch.n_parameters;
  Rcpp::RObject results = Rcpp::unwindProtect([&]() -> SEXP {
    double* const columns = REAL(matrix_of(n, d));
    for (core::Index p = 0; p < d; ++p) {
      double* const column = columns + static_cast<std::size_t>(p) * static_cast<std::size_t>(n);
      for (core::Index i = 0; i < n; ++i) column[i] = batch.position(i)[p];
    }
    prepare(batch.walkers);
    begin({0, nullptr, d, n});
    return evaluate_call();
  });
  end();
  if (!is_as_wanted(results, n)) results = function("split_results")(results, n);
  between();
  return results;
}

// A plain number for each position, or a table.
bool BatchDensity::is_as_wanted(SEXP results, core::Index n) const {
  if (is_table(results, n)) return true;
  return TYPEOF(results) == REALSXP && Rf_xlength(results) == n && Rf_isNull(Rf_getAttrib(results, R_DimSymbol));
}

void BatchDensity::prepare(const std::vector<core::Index>& walkers) const {
  if (generator_.seeds() && !walkers.empty()) generator_.seed(walkers.front());
}

// The generator that is drawn from is another process's.
void MappedDensity::evaluate(core::Batch& batch) {
  evaluate_once(batch);
  generator_.count(batch.walkers);
}

Rcpp::RObject MappedDensity::call(const core::Batch& batch) {
  Rcpp::RObject results = BatchDensity::call(batch);
  if (EndingSignals::came()) throw EndedBySignal();
  return results;
}

void MappedDensity::prepare(const std::vector<core::Index>& walkers) const {
  const auto n = static_cast<int>(walkers.size());
  const SEXP numbers = PROTECT(Rf_allocVector(REALSXP, n));
  const SEXP seeds = PROTECT(Rf_allocMatrix(INTSXP, Generator::state_size, n));
  for (int i = 0; i < n; ++i) {
    const core::Index walker = walkers[static_cast<std::size_t>(i)];
    REAL(numbers)[i] = static_cast<double>(walker + 1);
    generator_.fill_state(walker, INTEGER(seeds) + Generator::state_size * i);
  }
  set("walkers", numbers);
  set("seeds", seeds);
  UNPROTECT(2);
}

}  // namespace livechain::glue
