#include "glue/density.h"

#include "glue/blobs.h"
#include "glue/elements.h"
#include "glue/entry.h"
#include "glue/signals.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace livechain::glue {

namespace {

// R's plain NA is a logical.
bool is_plain_na(SEXP value) {
  return TYPEOF(value) == LGLSXP && length_of(value) == 1 && std::isnan(number_at(value, 0));
}

bool is_numeric(SEXP values) {
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
  return is_numeric(result) && length_of(result) == 1 && may_lack_blobs(number_at(result, 0));
}

void require_one_each(SEXP results, Eigen::Index n) {
  const bool usable = TYPEOF(results) == VECSXP || is_numeric(results);
  if (!usable || length_of(results) != n) {
    throw BadResult("one number for each of the " + std::to_string(n) + " positions", results);
  }
}

// Calls `use`; when it refuses the result for row `i`, the walker and the position are added.
template <class Use>
void for_walker(SEXP result, const core::Evaluated& batch, Eigen::Index i,
                const std::vector<Eigen::Index>& walkers, Use use) {
  try {
    use();
  } catch (const std::invalid_argument& error) {
    const double* row = batch.positions.row(i).data();
    throw BadResult(error.what(), result, walkers[static_cast<std::size_t>(i)],
                    {row, row + batch.n_parameters()});
  }
}

}  // namespace

void RDensity::evaluate(core::Evaluated& batch, const std::vector<Eigen::Index>& walkers) {
  generator_.watch([&] { evaluate_once(batch, walkers); });
  generator_.count(walkers);
}

void RDensity::evaluate_once(core::Evaluated& batch, const std::vector<Eigen::Index>& walkers) {
  const Rcpp::RObject results = call(batch, walkers);
  require_one_each(results, batch.n_walkers());
  if (!blob_type_) {
    blob_type_ = infer_blob_type(results, batch, walkers);
    batch.set_blob_size(blob_type_->size());
  }
  for (Eigen::Index i = 0; i < batch.n_walkers(); ++i) {
    if (TYPEOF(results) == VECSXP) {
      take(item_at(results, i), batch, i, walkers);
    } else {
      take_number(results, batch, i);
    }
  }
}

void RDensity::take(SEXP result, core::Evaluated& batch, Eigen::Index i,
                    const std::vector<Eigen::Index>& walkers) const {
  for_walker(result, batch, i, walkers, [&] {
    batch.log_prob[i] = log_prob_of(result);
    if (lacks_blobs(result)) {
      encode_missing_blobs(*blob_type_, batch.blob(i));
    } else {
      encode_blobs(result, *blob_type_, batch.blob(i));
    }
  });
}

// One of the numbers that a whole batch returned: there are no blobs with it.
void RDensity::take_number(SEXP numbers, core::Evaluated& batch, Eigen::Index i) const {
  batch.log_prob[i] = number_at(numbers, i);
  if (blob_type_->empty()) return;
  if (!may_lack_blobs(batch.log_prob[i])) {
    throw BadResult("the blobs that the run has, in a row for each position, beside the log-probability",
                    numbers);
  }
  encode_missing_blobs(*blob_type_, batch.blob(i));
}

// From the first result that must have them.
store::BlobType RDensity::infer_blob_type(SEXP results, const core::Evaluated& batch,
                                          const std::vector<Eigen::Index>& walkers) const {
  store::BlobType type;
  if (TYPEOF(results) != VECSXP) return type;
  for (Eigen::Index i = 0; i < batch.n_walkers(); ++i) {
    const SEXP result = item_at(results, i);
    if (lacks_blobs(result)) continue;
    for_walker(result, batch, i, walkers, [&] {
      log_prob_of(result);
      if (length_of(result) > 1) check_blobs(result, batch, i, walkers[static_cast<std::size_t>(i)]);
      type = blob_type_of(result);
    });
    break;
  }
  return type;
}

void RDensity::check_blobs(SEXP result, const core::Evaluated& batch, Eigen::Index i, Eigen::Index walker) const {
  const Rcpp::Function check(static_cast<SEXP>(frame_["check_blobs"]));
  const double* row = batch.positions.row(i).data();
  check(result, static_cast<double>(walker + 1), Rcpp::NumericVector(row, row + batch.n_parameters()));
}

// All evaluations share one protection against R's jumps: inside it there is no C++ object to be skipped. So do
// they share one vector, as long as nobody but the frame holds on to it.
template <class Take>
Rcpp::RObject PointDensity::evaluate_from(Eigen::Index& i, const core::Evaluated& batch,
                                          const std::vector<Eigen::Index>& walkers, Take take) {
  const Eigen::Index n = batch.n_walkers();
  const Eigen::Index d = batch.n_parameters();
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
      std::copy_n(batch.positions.row(i).data(), d, REAL(position));
      const Eigen::Index walker = walkers[static_cast<std::size_t>(i)];
      begin({walker, batch.positions.row(i).data(), d});
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

void PointDensity::evaluate_once(core::Evaluated& batch, const std::vector<Eigen::Index>& walkers) {
  const bool can_be_plain = blob_type() && blob_type()->size() == 0;
  if (!can_be_plain) return RDensity::evaluate_once(batch, walkers);
  const auto take_plain = [&batch](Eigen::Index i, SEXP result) {
    const bool plain = TYPEOF(result) == REALSXP && Rf_xlength(result) == 1;
    if (plain) batch.log_prob[i] = REAL_ELT(result, 0);
    return plain;
  };
  for (Eigen::Index i = 0; i < batch.n_walkers(); ++i) {
    const Rcpp::RObject other = evaluate_from(i, batch, walkers, take_plain);
    if (i < batch.n_walkers()) take(other, batch, i, walkers);
  }
}

Rcpp::RObject PointDensity::call(const core::Evaluated& batch, const std::vector<Eigen::Index>& walkers) {
  const Rcpp::List results(batch.n_walkers());
  Eigen::Index i = 0;
  evaluate_from(i, batch, walkers, [&results](Eigen::Index at, SEXP result) {
    SET_VECTOR_ELT(results, at, result);
    return true;
  });
  return results;
}

Rcpp::RObject BatchDensity::call(const core::Evaluated& batch, const std::vector<Eigen::Index>& walkers) {
  const Eigen::Index n = batch.n_walkers();
  const Eigen::Index d = batch.n_parameters();
  const Rcpp::List dimnames = Rcpp::List::create(R_NilValue, parameter_names());
  Rcpp::RObject results = Rcpp::unwindProtect([&]() -> SEXP {
    const SEXP positions = PROTECT(Rf_allocMatrix(REALSXP, static_cast<int>(n), static_cast<int>(d)));
    if (!Rf_isNull(parameter_names())) Rf_setAttrib(positions, R_DimNamesSymbol, dimnames);
    for (Eigen::Index i = 0; i < n; ++i) {
      for (Eigen::Index p = 0; p < d; ++p) REAL(positions)[i + n * p] = batch.positions(i, p);
    }
    set_position(positions);
    prepare(walkers);
    UNPROTECT(1);
    return evaluate_call();
  });
  between();
  return results;
}

void BatchDensity::prepare(const std::vector<Eigen::Index>& walkers) const {
  if (generator_.seeds() && !walkers.empty()) generator_.seed(walkers.front());
}

// The generator that is drawn from is another process's.
void MappedDensity::evaluate(core::Evaluated& batch, const std::vector<Eigen::Index>& walkers) {
  evaluate_once(batch, walkers);
  generator_.count(walkers);
}

void MappedDensity::prepare(const std::vector<Eigen::Index>& walkers) const {
  const auto n = static_cast<int>(walkers.size());
  const SEXP numbers = PROTECT(Rf_allocVector(REALSXP, n));
  const SEXP seeds = PROTECT(Rf_allocMatrix(INTSXP, Generator::state_size, n));
  for (int i = 0; i < n; ++i) {
    const Eigen::Index walker = walkers[static_cast<std::size_t>(i)];
    REAL(numbers)[i] = static_cast<double>(walker + 1);
    generator_.fill_state(walker, INTEGER(seeds) + Generator::state_size * i);
  }
  set("walkers", numbers);
  set("seeds", seeds);
  UNPROTECT(2);
}

}  // namespace livechain::glue
