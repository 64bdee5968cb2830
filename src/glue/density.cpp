#include "glue/density.h"

#include "glue/blobs.h"
#include "glue/elements.h"
#include "glue/entry.h"
#include "glue/signals.h"

#include <algorithm>
#include <stdexcept>

namespace livechain::glue {

namespace {

bool is_numeric(SEXP values) {
  return TYPEOF(values) == REALSXP || (TYPEOF(values) == INTSXP && !Rf_isFactor(values));
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

bool is_impossible(SEXP result) {
  return TYPEOF(result) == REALSXP && length_of(result) == 1 && number_at(result, 0) == R_NegInf;
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
    if (is_impossible(result)) {
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
  if (batch.log_prob[i] != R_NegInf) {
    throw BadResult("the blobs that the run has, in a row for each position, beside the log-probability",
                    numbers);
  }
  encode_missing_blobs(*blob_type_, batch.blob(i));
}

// From the first result that must have them: where the density is -Inf, blobs may be left out.
store::BlobType RDensity::infer_blob_type(SEXP results, const core::Evaluated& batch,
                                         const std::vector<Eigen::Index>& walkers) {
  store::BlobType type;
  if (TYPEOF(results) != VECSXP) return type;
  for (Eigen::Index i = 0; i < batch.n_walkers(); ++i) {
    const SEXP result = item_at(results, i);
    if (is_impossible(result)) continue;
    for_walker(result, batch, i, walkers, [&] {
      log_prob_of(result);
      type = blob_type_of(result);
    });
    break;
  }
  return type;
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
      begin({walkers[static_cast<std::size_t>(i)], batch.positions.row(i).data(), d});
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

void PointDensity::evaluate(core::Evaluated& batch, const std::vector<Eigen::Index>& walkers) {
  const bool can_be_plain = blob_type() && blob_type()->size() == 0;
  if (!can_be_plain) return RDensity::evaluate(batch, walkers);
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
    const SEXP numbers = PROTECT(Rf_allocVector(REALSXP, n));
    std::transform(walkers.begin(), walkers.end(), REAL(numbers), [](Eigen::Index i) { return static_cast<double>(i + 1); });
    set_walkers(numbers);
    UNPROTECT(2);
    return evaluate_call();
  });
  between();
  return results;
}

}  // namespace livechain::glue
