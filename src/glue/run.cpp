// Entries that sample.
#include "glue/entry.h"

#include "core/sampler.h"
#include "glue/blobs.h"
#include "glue/density.h"
#include "glue/lists.h"
#include "glue/memory_sink.h"
#include "glue/monitor.h"
#include "glue/moves.h"
#include "glue/positions.h"
#include "glue/signals.h"
#include "store/reader.h"
#include "store/writer.h"

#include <algorithm>
#include <exception>

namespace livechain::glue {

namespace {

// Where a run stands, and the type of its blobs.
struct Walkers {
  core::Snapshot now;
  store::BlobType blob_type;
};

SEXP pointer_to(Walkers walkers) { return Rcpp::XPtr<Walkers>(new Walkers(std::move(walkers)), true); }

// Tells other programs how far the run is while an R density is being evaluated, too. It may not throw there; what went
// wrong is thrown when the step is over.
class PublishBetween {
 public:
  PublishBetween(UserDensity& density, store::Writer& writer) : density_(density) {
    density_.between = [this, &writer] {
      if (failure_) return;
      try {
        writer.tick();
      } catch (...) {
        failure_ = std::current_exception();
      }
    };
  }
  ~PublishBetween() {
    density_.between = [] {};
  }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  UserDensity& density_;
  std::exception_ptr failure_;
};

// Looks after a run, and ends it when its rule is met.
class RunMonitor : public core::Monitor {
 public:
  RunMonitor(UserDensity& density, SEXP progress, StopRule callback, StopRule rule, std::function<void()> look,
             std::function<bool()> asked)
      : density_(density),
        monitor_(progress),
        callback_(std::move(callback)),
        rule_(std::move(rule)),
        look_(std::move(look)),
        ask_(std::move(asked)) {}

  bool go_on(std::int64_t n_steps) override {
    density_.begin_step(n_steps);
    look_();
    callback_.is_met(n_steps);
    stopped_ = rule_.is_met(n_steps);
    asked_ = ask_();
    return monitor_.go_on(n_steps) && !stopped_ && !asked_;
  }

  bool stopped() const { return stopped_; }  // by its rule
  bool asked() const { return asked_; }      // by another process

 private:
  UserDensity& density_;
  RMonitor monitor_;
  StopRule callback_;
  StopRule rule_;
  std::function<void()> look_;
  std::function<bool()> ask_;
  bool stopped_ = false;
  bool asked_ = false;
};

// Calls an R function with what the run has so far.
using Ask = std::function<SEXP(const Rcpp::Function&)>;

StopRule as_rule(SEXP rule, SEXP every, bool timed, Ask ask) {
  if (Rf_isNull(rule)) return {1, false, nullptr};
  const Rcpp::Function function(rule);
  return {static_cast<std::int64_t>(Rcpp::as<double>(every)), timed,
          [function, ask = std::move(ask)] { return Rcpp::as<bool>(ask(function)); }};
}

StopRule stop_rule_in(SEXP rule, const Rcpp::List& settings, const Ask& ask) {
  return as_rule(rule, settings["check_every"], Rcpp::as<bool>(settings["timed"]), ask);
}

StopRule callback_in(const Rcpp::List& settings, const Ask& ask) {
  if (!settings.containsElementNamed("callback")) return {1, false, nullptr};
  return as_rule(settings["callback"], settings["callback_every"], false, ask);
}

core::Mixture mixture_in(const Rcpp::List& settings) {
  return as_mixture(settings["moves"], settings["weights"]);
}

core::Sampler make_sampler(const Walkers& walkers, core::Density& density, const Rcpp::List& settings) {
  return core::Sampler(walkers.now, density, mixture_in(settings), as_settings(settings));
}

std::vector<double> first_memory(core::Snapshot start, const Rcpp::List& settings) {
  const core::Mixture mixture = mixture_in(settings);
  mixture.begin(core::walkers_in(start), start.tally.memory);
  return mixture.memory();
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

std::int64_t n_steps_in(const Rcpp::List& settings) {
  return static_cast<std::int64_t>(Rcpp::as<double>(settings["n_steps"]));
}

store::WriterOptions as_options(const Rcpp::List& options) {
  return {Rcpp::as<bool>(options["swmr"]),
          {Rcpp::as<double>(options["flush_interval"]), Rcpp::as<double>(options["sync_interval"])}};
}

// What the moves know when they begin, with the facts: who loses all else begins there again.
void set_first_memory(store::Description& run, std::vector<double> memory) {
  run.shape.n_memory = memory.size();
  if (!memory.empty()) run.facts["initial_memory"] = store::Array{{memory.size()}, memory};
  run.memory = std::move(memory);
}

// Called while an exception is being handled. What an R function said was noted when it said it.
void say_why(store::Writer& writer) {
  try {
    throw;
  } catch (const Rcpp::internal::InterruptedException&) {
    writer.say_why(store::End::interrupted, "");
  } catch (const store::Error& error) {
    writer.say_why(error.kind == store::Kind::no_space ? store::End::no_space : store::End::failed, error.what());
  } catch (const std::exception& error) {
    writer.say_why(store::End::failed, error.what());
  } catch (...) {
    writer.say_why_at_least(store::End::interrupted);
  }
}

SEXP pointer_to(store::Writer writer) {
  // Closed at the end of the session at the latest, so that no step is lost.
  constexpr bool at_exit = true;
  using Pointer =
      Rcpp::XPtr<store::Writer, Rcpp::PreserveStorage, Rcpp::standard_delete_finalizer<store::Writer>, at_exit>;
  return Pointer(new store::Writer(std::move(writer)), true);
}

}  // namespace

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
    Rcpp::XPtr<UserDensity>(density)->set_blob_type(blob_type);
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

// What the run ends for, unless something else ends it.
extern "C" SEXP livechain_say_why(SEXP writer, SEXP reason) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Writer>(writer)->say_why(store::End::failed, Rcpp::as<std::string>(reason));
    return R_NilValue;
  });
}

// From here on the density is another one than before.
extern "C" SEXP livechain_set_updated(SEXP writer) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Writer>(writer)->set_updated();
    return R_NilValue;
  });
}

extern "C" SEXP livechain_close_writer(SEXP writer) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<store::Writer>(writer)->finish();
    return R_NilValue;
  });
}

// The number of the walker for which the density is being evaluated, and its position; NULL when it is not,
// or when it is for several at once.
extern "C" SEXP livechain_current(SEXP density) {
  return entry([&]() -> SEXP {
    using Rcpp::_;
    const std::optional<UserDensity::Current> current = Rcpp::XPtr<UserDensity>(density)->current();
    if (!current) return R_NilValue;
    return Rcpp::List::create(
        _["walker"] = static_cast<double>(current->walker + 1),
        _["position"] = Rcpp::NumericVector(current->position, current->position + current->n_parameters));
  });
}

// Samples into the file. However it ends, every finished step is in the file, and the file is closed: also when a
// signal asks the process to end.
extern "C" SEXP livechain_run_to_file(SEXP walkers, SEXP density, SEXP settings, SEXP writer,
                                      SEXP progress, SEXP stop_rule) {
  return entry([&]() -> SEXP {
    using Rcpp::_;
    Rcpp::XPtr<UserDensity> evaluated(density);
    Rcpp::XPtr<store::Writer> target(writer);
    EndingSignals signals;
    const PublishBetween between(*evaluated, *target);
    const Ask ask = [&](const Rcpp::Function& rule) -> SEXP {
      target->flush();
      return rule();
    };
    RunMonitor monitor(*evaluated, progress, callback_in(settings, ask), stop_rule_in(stop_rule, settings, ask),
                       [&between] { between.rethrow(); }, [&target] { return target->is_asked_to_end(); });
    core::Sampler sampler = make_sampler(*Rcpp::XPtr<Walkers>(walkers), *evaluated, settings);
    sampler.require_memory(target->layout().shape.n_memory);
    try {
      evaluated->begin_step(as_settings(settings).n_done);
      sampler.run(n_steps_in(settings), *target, monitor);
    } catch (const EndedBySignal&) {
      // The finished steps are kept, as at the end of a step.
    } catch (...) {
      say_why(*target);
      const std::exception_ptr reason = std::current_exception();
      try {
        target->finish();
      } catch (const store::Error&) {
        // The reason why the run ends says more.
      }
      signals.obey();
      std::rethrow_exception(reason);
    }
    const double n_steps = static_cast<double>(target->n_steps());
    if (monitor.stopped()) {
      target->say_why(store::End::stopped, "");
    } else if (monitor.asked()) {
      target->say_why(store::End::asked, "");
    } else if (EndingSignals::came()) {
      target->say_why(store::End::signal, "");
    }
    if (monitor.stopped() || monitor.asked()) target->set_target(target->n_steps());
    target->finish();
    signals.obey();
    return Rcpp::List::create(_["n_nan"] = static_cast<double>(sampler.tally().n_nan),
                              _["n_limited"] = static_cast<double>(sampler.n_limited()),
                              _["stopped"] = monitor.stopped(), _["asked"] = monitor.asked(), _["n_steps"] = n_steps);
  });
}

namespace {

// A run in memory, which R holds, so that it can ask for what there is when an error ends it.
class MemoryRun {
 public:
  MemoryRun(const Walkers& start, UserDensity& density, const Rcpp::List& settings)
      : density_(density),
        sink_(start.now, static_cast<R_xlen_t>(n_steps_in(settings)), start.blob_type, !density.may_fork()),
        sampler_(make_sampler(start, density, settings)) {
    for (const auto& field : start.blob_type.fields()) {
      widths_.push_back(static_cast<double>(field.width), field.name);
    }
  }

  void run(const Rcpp::List& settings, SEXP progress, SEXP stop_rule) {
    const Ask ask = [&](const Rcpp::Function& rule) -> SEXP { return rule(result()); };
    RunMonitor monitor(density_, progress, callback_in(settings, ask), stop_rule_in(stop_rule, settings, ask), [] {},
                       [] { return false; });
    density_.begin_step(as_settings(settings).n_done);
    sampler_.run(n_steps_in(settings), sink_, monitor);
    stopped_ = monitor.stopped();
  }

  // The steps so far, in arrays with room for all, and what it takes to go on from them.
  Rcpp::List result() {
    sink_.flush();
    Rcpp::List list = sink_.to_list();
    const core::Tally& tally = sink_.tally();
    list["accepted"] = Rcpp::NumericVector(tally.accepted.begin(), tally.accepted.end());
    list["n_nan"] = static_cast<double>(tally.n_nan);
    list["n_limited"] = static_cast<double>(sampler_.n_limited());
    list["memory"] = Rcpp::NumericVector(tally.memory.begin(), tally.memory.end());
    list["n_steps"] = static_cast<double>(sink_.n_recorded());
    list["stopped"] = stopped_;
    list["widths"] = widths_;
    return list;
  }

 private:
  UserDensity& density_;
  MemorySink sink_;
  core::Sampler sampler_;
  Rcpp::NumericVector widths_;  // of text blobs, in bytes; 0 for others
  bool stopped_ = false;
};

}  // namespace

extern "C" SEXP livechain_memory_run(SEXP walkers, SEXP density, SEXP settings) {
  return entry([&]() -> SEXP {
    auto* run = new MemoryRun(*Rcpp::XPtr<Walkers>(walkers), *Rcpp::XPtr<UserDensity>(density), settings);
    return Rcpp::XPtr<MemoryRun>(run, true, R_NilValue, density);
  });
}

extern "C" SEXP livechain_run_to_memory(SEXP run, SEXP settings, SEXP progress, SEXP stop_rule) {
  return entry([&]() -> SEXP {
    const Rcpp::XPtr<MemoryRun> memory(run);
    memory->run(settings, progress, stop_rule);
    return memory->result();
  });
}

extern "C" SEXP livechain_memory_so_far(SEXP run) {
  return entry([&]() -> SEXP { return Rcpp::XPtr<MemoryRun>(run)->result(); });
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
    Rcpp::XPtr<UserDensity>(density)->set_blob_type(type);
    return pointer_to({std::move(now), type});
  });
}

}  // namespace livechain::glue
