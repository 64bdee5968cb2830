// Entries that write files.
#include "glue/entry.h"

#include "glue/density.h"
#include "glue/lists.h"
#include "glue/positions.h"
#include "glue/running.h"
#include "glue/tempering.h"
#include "glue/walkers.h"
#include "glue/writers.h"
#include "store/reader.h"

#include <algorithm>

namespace livechain::glue {

namespace {

std::vector<double> first_memory(core::Snapshot start, const Rcpp::List& settings) {
  const core::Mixture mixture = mixture_in(settings);
  std::vector<double> memory;
  if (settings.containsElementNamed("betas")) memory.swap(start.tally.memory);
  mixture.begin(core::walkers_in(start), start.tally.memory);
  const std::vector<double> of_moves = mixture.memory();
  memory.insert(memory.end(), of_moves.begin(), of_moves.end());
  return memory;
}

// Where a run of another program, or of our first version, stands.
core::Snapshot stored_snapshot(store::Reader& reader) {
  const store::Progress progress = reader.refresh();
  core::Snapshot last = reader.positions_after(static_cast<hsize_t>(progress.n_steps));
  last.tally.accepted = progress.tally.accepted;
  return last;
}

// What the moves begin with there; nothing when the run has what they had learnt.
std::vector<double> memory_to_adopt(const std::string& path, const std::string& name,
                                    const Rcpp::List& settings) {
  store::Reader reader(path, name, true);
  if (reader.info().format == store::Format::two) return {};
  return first_memory(stored_snapshot(reader), settings);
}

// What the moves know when they begin, with the facts: who loses all else begins there again.
void set_first_memory(store::Description& run, std::vector<double> memory) {
  run.shape.n_memory = memory.size();
  if (!memory.empty()) run.facts["initial_memory"] = store::Array{{memory.size()}, memory};
  run.memory = std::move(memory);
}

}  // namespace

store::WriterOptions as_options(const Rcpp::List& options) {
  return {Rcpp::as<bool>(options["swmr"]),
          {Rcpp::as<double>(options["flush_interval"]), Rcpp::as<double>(options["sync_interval"])}};
}

SEXP pointer_to(store::Writer writer) {
  // Closed at the end of the session at the latest, so that no step is lost.
  constexpr bool at_exit = true;
  using Pointer =
      Rcpp::XPtr<store::Writer, Rcpp::PreserveStorage, Rcpp::standard_delete_finalizer<store::Writer>, at_exit>;
  return Pointer(new store::Writer(std::move(writer)), true);
}

extern "C" SEXP livechain_create_writer(SEXP path, SEXP name, SEXP description, SEXP walkers,
                                        SEXP settings, SEXP options, SEXP overwrite) {
  return entry([&]() -> SEXP {
    const Rcpp::XPtr<Walkers> start(walkers);
    const core::Snapshot& now = start->now;
    store::Description run = as_description(description);
    run.shape.n_walkers = static_cast<hsize_t>(now.n_walkers());
    run.shape.n_parameters = static_cast<hsize_t>(now.n_parameters());
    run.shape.blobs = start->blob_type;
    set_first_memory(run, first_memory(now, settings));
    run.shape.choose_chunks(run.target);
    store::Steps initial;
    initial.n = 1;
    initial.chain = now.positions.data();
    initial.log_prob = now.log_prob.data();
    initial.blobs = now.blobs.data();
    return pointer_to(store::Writer::create(Rcpp::as<std::string>(path), Rcpp::as<std::string>(name), run,
                                           initial, as_options(options), Rcpp::as<bool>(overwrite)));
  });
}

// A run that another sampler makes: it has no start, and moves of its own.
extern "C" SEXP livechain_open_writer(SEXP path, SEXP name, SEXP description, SEXP n_walkers,
                                      SEXP n_parameters, SEXP options, SEXP overwrite) {
  return entry([&]() -> SEXP {
    store::Description run = as_description(description);
    run.shape.n_walkers = static_cast<hsize_t>(Rcpp::as<double>(n_walkers));
    run.shape.n_parameters = static_cast<hsize_t>(Rcpp::as<double>(n_parameters));
    run.shape.choose_chunks(run.target);
    return pointer_to(store::Writer::create(Rcpp::as<std::string>(path), Rcpp::as<std::string>(name), run,
                                           store::Steps(), as_options(options),
                                           Rcpp::as<bool>(overwrite)));
  });
}

// Appends draws [step, walker, parameter] with log-probabilities [step, walker] and, for each step, the
// accepted proposals [walker, step] so far.
extern "C" SEXP livechain_append(SEXP writer, SEXP draws, SEXP log_prob, SEXP accepted) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Writer> target(writer);
    const Rcpp::NumericVector chain(draws), values(log_prob);
    const Rcpp::NumericMatrix counts(accepted);
    const auto n_walkers = static_cast<R_xlen_t>(target->layout().shape.n_walkers);
    const auto n_parameters = static_cast<R_xlen_t>(target->layout().shape.n_parameters);
    const R_xlen_t n_steps = values.size() / n_walkers;
    core::Tally tally;
    core::Block block;
    std::size_t row = 0;
    for (R_xlen_t t = 0; t < n_steps; ++t, ++row) {
      if (row == block.n_steps) {
        block = target->lend();
        row = 0;
      }
      const R_xlen_t first = static_cast<R_xlen_t>(row) * n_walkers;
      for (R_xlen_t w = 0; w < n_walkers; ++w) {
        for (R_xlen_t p = 0; p < n_parameters; ++p) {
          block.positions[(first + w) * n_parameters + p] = chain[t + n_steps * (w + n_walkers * p)];
        }
        block.log_prob[first + w] = values[t + n_steps * w];
      }
      const auto column = counts.column(static_cast<int>(t));
      tally.accepted.assign(column.begin(), column.end());
      target->record(tally);
    }
    target->tick();
    return R_NilValue;
  });
}

// The positions [walker, parameter] after the last published step, and the accepted proposals until then.
extern "C" SEXP livechain_writer_state(SEXP writer) {
  return entry([&]() -> SEXP {
    const core::Snapshot now = Rcpp::XPtr<store::Writer>(writer)->state();
    const auto& accepted = now.tally.accepted;
    return Rcpp::List::create(Rcpp::_["positions"] = matrix_of(now.positions, now.n_walkers()),
                              Rcpp::_["accepted"] = Rcpp::NumericVector(accepted.begin(), accepted.end()));
  });
}

// `settings` has the moves that go on with the run; NULL when they are another sampler's.
extern "C" SEXP livechain_resume_writer(SEXP path, SEXP name, SEXP description, SEXP settings, SEXP options) {
  return entry([&]() -> SEXP {
    const auto file = Rcpp::as<std::string>(path);
    const auto run = Rcpp::as<std::string>(name);
    store::Description facts = as_description(description);
    if (!Rf_isNull(settings)) set_first_memory(facts, memory_to_adopt(file, run, settings));
    return pointer_to(store::Writer::resume(file, run, facts, as_options(options)));
  });
}

// The walkers where a run stands that nobody writes, to try `density` before the file is touched.
extern "C" SEXP livechain_stored_walkers(SEXP path, SEXP name, SEXP density) {
  return entry([&]() -> SEXP {
    store::Reader reader(Rcpp::as<std::string>(path), Rcpp::as<std::string>(name), true);
    const store::BlobType& blob_type = reader.info().shape.blobs;
    Rcpp::XPtr<UserDensity>(density)->set_blob_type(blob_type);
    return pointer_to(Walkers{stored_snapshot(reader), blob_type});
  });
}

// The walkers where the run in the file stands, for `density` to go on with.
extern "C" SEXP livechain_writer_walkers(SEXP writer, SEXP density) {
  return entry([&]() -> SEXP {
    const Rcpp::XPtr<store::Writer> from(writer);
    const store::BlobType& blob_type = from->layout().shape.blobs;
    Rcpp::XPtr<UserDensity>(density)->set_blob_type(evaluated_type(blob_type));
    return pointer_to(Walkers{from->state(), blob_type});
  });
}

extern "C" SEXP livechain_writer_progress(SEXP writer) {
  return entry([&]() -> SEXP {
    using Rcpp::_;
    const Rcpp::XPtr<store::Writer> of(writer);
    return Rcpp::List::create(_["n_steps"] = static_cast<double>(of->n_steps()),
                              _["n_found"] = static_cast<double>(of->n_found()),
                              _["target"] = static_cast<double>(of->target()));
  });
}

extern "C" SEXP livechain_set_target(SEXP writer, SEXP n_steps) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Writer>(writer)->set_target(static_cast<std::int64_t>(Rcpp::as<double>(n_steps)));
    return R_NilValue;
  });
}

extern "C" SEXP livechain_asked_to_end(SEXP writer) {
  return entry([&]() -> SEXP { return Rcpp::wrap(Rcpp::XPtr<store::Writer>(writer)->is_asked_to_end()); });
}

// What the run ends for, unless something else ends it: an error that says so, or an interrupt, NULL.
extern "C" SEXP livechain_say_why(SEXP writer, SEXP reason) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Writer> target(writer);
    if (Rf_isNull(reason)) {
      target->say_why(store::End::interrupted, "");
    } else {
      target->say_why(store::End::failed, Rcpp::as<std::string>(reason));
    }
    return R_NilValue;
  });
}

// From here on the density is another one than before.
extern "C" SEXP livechain_set_updated(SEXP writer) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Writer> target(writer);
    target->set_updated(target->n_steps());
    return R_NilValue;
  });
}

extern "C" SEXP livechain_add_lost_workers(SEXP writer, SEXP n) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Writer>(writer)->add_lost_workers(static_cast<std::int64_t>(Rcpp::as<double>(n)));
    return R_NilValue;
  });
}

extern "C" SEXP livechain_close_writer(SEXP writer) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Writer> target(writer);
    if (target->is_asked_to_end()) target->say_why_at_least(store::End::asked);
    target->finish();
    return R_NilValue;
  });
}

}  // namespace livechain::glue
