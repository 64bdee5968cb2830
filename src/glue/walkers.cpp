// Entries about walkers, and densities evaluated where they are.
#include "glue/walkers.h"

#include "core/sampler.h"
#include "glue/blobs.h"
#include "glue/density.h"
#include "glue/entry.h"
#include "glue/positions.h"
#include "glue/signals.h"
#include "glue/tempering.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace livechain::glue {

// An R function as a density: `call` is evaluated in `frame`, for a "point", a "batch" or a "mapped" batch of them.
extern "C" SEXP livechain_density(SEXP call, SEXP frame, SEXP parameter_names, SEXP kind, SEXP seed) {
  return entry([&]() -> SEXP {
    const auto key = static_cast<std::uint64_t>(Rcpp::as<double>(seed));
    const auto of = Rcpp::as<std::string>(kind);
    const auto owned = [](UserDensity* density) { return Rcpp::XPtr<UserDensity>(density, true); };
    if (of == "mapped") return owned(new MappedDensity(call, frame, parameter_names, key));
    if (of == "batch") return owned(new BatchDensity(call, frame, parameter_names, key));
    return owned(new PointDensity(call, frame, parameter_names, key));
  });
}

// Walkers at `positions` [walker, parameter], evaluated there.
extern "C" SEXP livechain_start(SEXP positions, SEXP density) {
  return entry([&]() -> SEXP {
    const Rcpp::NumericMatrix matrix(positions);
    Rcpp::XPtr<UserDensity> evaluated(density);
    core::Snapshot start = core::evaluated_start(rows_of(matrix), matrix.ncol(), *evaluated);
    return pointer_to({std::move(start), *evaluated->blob_type()});
  });
}

extern "C" SEXP livechain_log_prob(SEXP walkers) {
  return entry([&]() -> SEXP {
    return Rcpp::wrap(Rcpp::XPtr<Walkers>(walkers)->now.log_prob);
  });
}

// NULL where it is not known apart from the prior.
extern "C" SEXP livechain_log_likelihood(SEXP walkers) {
  return entry([&]() -> SEXP {
    const Rcpp::XPtr<Walkers> of(walkers);
    const std::vector<store::BlobField>& fields = of->blob_type.fields();
    const auto field = std::find_if(fields.begin(), fields.end(), [](const auto& one) { return one.name == "log_likelihood"; });
    const bool known = field != fields.end() && field->kind == store::BlobKind::real && field->n_values() == 1;
    if (!known) return R_NilValue;
    const core::Snapshot& now = of->now;
    std::vector<double> log_likelihood(static_cast<std::size_t>(now.n_walkers()));
    for (std::size_t w = 0; w < log_likelihood.size(); ++w) {
      std::memcpy(&log_likelihood[w], now.blobs.data() + w * now.blob_size() + field->offset, sizeof(double));
    }
    return Rcpp::wrap(log_likelihood);
  });
}

extern "C" SEXP livechain_walker_positions(SEXP walkers) {
  return entry([&]() -> SEXP {
    const core::Snapshot& now = Rcpp::XPtr<Walkers>(walkers)->now;
    return matrix_of(now.positions, now.n_walkers());
  });
}

// Walkers where these are, or where some of them are, with what the density says there now. `some` are numbers from 0 on, or
// NULL for all.
extern "C" SEXP livechain_reevaluate(SEXP walkers, SEXP density, SEXP some) {
  return entry([&]() -> SEXP {
    const Rcpp::XPtr<Walkers> from(walkers);
    Rcpp::XPtr<UserDensity> evaluated(density);
    const core::Snapshot& before = from->now;
    std::vector<double> positions = before.positions;
    if (!Rf_isNull(some)) {
      positions.clear();
      for (const double row : Rcpp::as<std::vector<double>>(some)) {
        const auto first = before.positions.begin() + static_cast<std::ptrdiff_t>(row) * before.n_parameters();
        positions.insert(positions.end(), first, first + before.n_parameters());
      }
    }
    core::Snapshot now = core::evaluated_start(std::move(positions), before.n_parameters(), *evaluated);
    if (Rf_isNull(some)) now.tally = before.tally;
    return pointer_to({std::move(now), from->blob_type});
  });
}

// Walkers where a run in memory stands: `results` are those of the density at `positions`, with blobs or without.
extern "C" SEXP livechain_walkers(SEXP positions, SEXP log_prob, SEXP results, SEXP tally, SEXP density) {
  return entry([&]() -> SEXP {
    const Rcpp::NumericMatrix matrix(positions);
    const Rcpp::NumericVector values(log_prob);
    const Rcpp::List records(results), counts(tally);
    const store::BlobType type = records.size() > 0 ? blob_type_of(records[0]) : store::BlobType();
    core::Snapshot now;
    now.positions = rows_of(matrix);
    now.log_prob.assign(values.begin(), values.end());
    now.blobs.resize(now.log_prob.size() * type.size());
    for (R_xlen_t i = 0; i < records.size(); ++i) encode_blobs(records[i], type, now.blobs.data() + static_cast<std::size_t>(i) * type.size());
    const auto accepted = Rcpp::as<std::vector<double>>(counts["accepted"]);
    now.tally.accepted.assign(accepted.begin(), accepted.end());
    now.tally.n_nan = static_cast<std::int64_t>(Rcpp::as<double>(counts["n_nan"]));
    now.tally.memory = Rcpp::as<std::vector<double>>(counts["memory"]);
    Rcpp::XPtr<UserDensity>(density)->set_blob_type(evaluated_type(type));
    return pointer_to({std::move(now), type});
  });
}

// For an R density that waits: publishes what there is, and says whether a signal asks the process to end.
extern "C" SEXP livechain_attend(SEXP density) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<UserDensity>(density)->between();
    return Rcpp::wrap(EndingSignals::came());
  });
}

// The number of the walker for which the density is being evaluated, and its position; of several at once, how many they
// are; NULL when none is.
extern "C" SEXP livechain_current(SEXP density) {
  return entry([&]() -> SEXP {
    using Rcpp::_;
    const std::optional<UserDensity::Current> current = Rcpp::XPtr<UserDensity>(density)->current();
    if (!current) return R_NilValue;
    if (current->position == nullptr) return Rcpp::List::create(_["n"] = static_cast<double>(current->n));
    return Rcpp::List::create(
        _["walker"] = static_cast<double>(current->walker + 1),
        _["position"] = Rcpp::NumericVector(current->position, current->position + current->n_parameters));
  });
}

}  // namespace livechain::glue
