// Entries that sample.
#include "glue/entry.h"

#include "core/sampler.h"
#include "glue/density.h"
#include "glue/lists.h"
#include "glue/monitor.h"
#include "glue/moves.h"
#include "glue/signals.h"
#include "glue/sinks.h"
#include "hdf5/reader.h"
#include "hdf5/writer.h"

#include <algorithm>
#include <exception>

namespace livechain::glue {

namespace {

// The ensemble of a run, and the type of its blobs.
struct Walkers {
  core::Ensemble ensemble;
  hdf5::BlobType blob_type;
};

SEXP pointer_to(Walkers walkers) { return Rcpp::XPtr<Walkers>(new Walkers(std::move(walkers)), true); }

core::Ensemble as_ensemble(const hdf5::Run& run, const hdf5::State& state, const hdf5::Tally& tally) {
  core::Ensemble ensemble;
  ensemble.resize(static_cast<Eigen::Index>(run.n_walkers), static_cast<Eigen::Index>(run.n_parameters),
                  run.blob_type.size());
  std::copy(state.positions.begin(), state.positions.end(), ensemble.positions.data());
  std::copy(state.log_prob.begin(), state.log_prob.end(), ensemble.log_prob.data());
  std::copy(state.blobs.begin(), state.blobs.end(), ensemble.blobs.begin());
  ensemble.accepted = tally.accepted;
  ensemble.n_nan = tally.n_nan;
  ensemble.memory = tally.memory;
  return ensemble;
}

core::Ensemble as_ensemble(const hdf5::Writer& writer) {
  return as_ensemble(writer.run(), writer.state(), writer.tally());
}

// Publishes steps on time while an R density is being evaluated, too. It may not throw there; what went
// wrong is thrown when the step is over.
class PublishBetween {
 public:
  PublishBetween(UserDensity& density, hdf5::Writer& writer) : density_(density) {
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
  RunMonitor(SEXP progress, StopRule rule, std::function<void()> look)
      : monitor_(progress), rule_(std::move(rule)), look_(std::move(look)) {}

  bool go_on(std::int64_t n_steps) override {
    look_();
    stopped_ = rule_.is_met(n_steps);
    return monitor_.go_on(n_steps) && !stopped_;
  }

  bool stopped() const { return stopped_; }

 private:
  RMonitor monitor_;
  StopRule rule_;
  std::function<void()> look_;
  bool stopped_ = false;
};

// `ask` calls the R function `rule` with what the run has so far.
StopRule as_rule(SEXP rule, const Rcpp::List& settings, std::function<SEXP(const Rcpp::Function&)> ask) {
  if (Rf_isNull(rule)) return {0, false, nullptr};
  const Rcpp::Function function(rule);
  return {static_cast<std::int64_t>(Rcpp::as<double>(settings["check_every"])), Rcpp::as<bool>(settings["timed"]),
          [function, ask = std::move(ask)] { return Rcpp::as<bool>(ask(function)); }};
}

core::Mixture mixture_in(const Rcpp::List& settings) {
  return as_mixture(settings["moves"], settings["weights"]);
}

core::Sampler make_sampler(const Walkers& walkers, core::Density& density, const Rcpp::List& settings) {
  return core::Sampler(walkers.ensemble, density, mixture_in(settings), as_settings(settings));
}

std::vector<double> first_memory(const core::Ensemble& ensemble, const Rcpp::List& settings) {
  const core::Mixture mixture = mixture_in(settings);
  mixture.begin(ensemble);
  return mixture.memory();
}

// What the moves begin with where the run of another program stands; nothing when the run is ours.
std::vector<double> memory_to_adopt(const std::string& path, const std::string& name,
                                    const Rcpp::List& settings) {
  hdf5::Reader reader(path, name, true);
  if (reader.run().progress) return {};
  const hdf5::Progress progress = reader.refresh();
  const hdf5::State state = reader.state_after(static_cast<hsize_t>(progress.n_steps));
  return first_memory(as_ensemble(reader.run(), state, {progress.accepted, 0, {}}), settings);
}

std::int64_t n_steps_in(const Rcpp::List& settings) {
  return static_cast<std::int64_t>(Rcpp::as<double>(settings["n_steps"]));
}

hdf5::WriterOptions as_options(const Rcpp::List& options) {
  return {Rcpp::as<bool>(options["swmr"]), Rcpp::as<double>(options["flush_interval"])};
}

SEXP pointer_to(hdf5::Writer writer) {
  // Closed at the end of the session at the latest, so that no step is lost.
  constexpr bool at_exit = true;
  using Pointer =
      Rcpp::XPtr<hdf5::Writer, Rcpp::PreserveStorage, Rcpp::standard_delete_finalizer<hdf5::Writer>, at_exit>;
  return Pointer(new hdf5::Writer(std::move(writer)), true);
}

}  // namespace

// An R function as a density: `call` is evaluated in `frame`.
extern "C" SEXP livechain_density(SEXP call, SEXP frame, SEXP parameter_names, SEXP vectorized) {
  return entry([&]() -> SEXP {
    if (Rcpp::as<bool>(vectorized)) {
      return Rcpp::XPtr<UserDensity>(new BatchDensity(call, frame, parameter_names), true);
    }
    return Rcpp::XPtr<UserDensity>(new PointDensity(call, frame, parameter_names), true);
  });
}

// Walkers at `positions` [walker, parameter], evaluated there.
extern "C" SEXP livechain_start(SEXP positions, SEXP density) {
  return entry([&]() -> SEXP {
    const Rcpp::NumericMatrix matrix(positions);
    Rcpp::XPtr<UserDensity> evaluated(density);
    Walkers walkers;
    walkers.ensemble.resize(matrix.nrow(), matrix.ncol(), 0);
    walkers.ensemble.positions =
        Eigen::Map<const Eigen::MatrixXd>(matrix.begin(), matrix.nrow(), matrix.ncol());
    walkers.ensemble.accepted.assign(static_cast<std::size_t>(matrix.nrow()), 0);
    core::Sampler::evaluate_start(walkers.ensemble, *evaluated);
    walkers.blob_type = *evaluated->blob_type();
    return pointer_to(std::move(walkers));
  });
}

extern "C" SEXP livechain_log_prob(SEXP walkers) {
  return entry([&]() -> SEXP {
    const Eigen::VectorXd& log_prob = Rcpp::XPtr<Walkers>(walkers)->ensemble.log_prob;
    return Rcpp::NumericVector(log_prob.data(), log_prob.data() + log_prob.size());
  });
}

extern "C" SEXP livechain_create_writer(SEXP path, SEXP name, SEXP description, SEXP walkers,
                                        SEXP settings, SEXP options, SEXP overwrite) {
  return entry([&]() -> SEXP {
    const Rcpp::XPtr<Walkers> start(walkers);
    const core::Ensemble& e = start->ensemble;
    hdf5::Description run = as_description(description);
    run.n_walkers = static_cast<hsize_t>(e.n_walkers());
    run.n_parameters = static_cast<hsize_t>(e.n_parameters());
    run.blobs = start->blob_type;
    run.memory = first_memory(e, settings);
    hdf5::Steps initial;
    initial.n = 1;
    initial.chain = e.positions.data();
    initial.log_prob = e.log_prob.data();
    initial.blobs = e.blobs.data();
    return pointer_to(hdf5::Writer::create(Rcpp::as<std::string>(path), Rcpp::as<std::string>(name), run,
                                           initial, as_options(options), Rcpp::as<bool>(overwrite)));
  });
}

// A run that another sampler makes: it has no start, and moves of its own.
extern "C" SEXP livechain_open_writer(SEXP path, SEXP name, SEXP description, SEXP n_walkers,
                                      SEXP n_parameters, SEXP options, SEXP overwrite) {
  return entry([&]() -> SEXP {
    hdf5::Description run = as_description(description);
    run.n_walkers = static_cast<hsize_t>(Rcpp::as<double>(n_walkers));
    run.n_parameters = static_cast<hsize_t>(Rcpp::as<double>(n_parameters));
    return pointer_to(hdf5::Writer::create(Rcpp::as<std::string>(path), Rcpp::as<std::string>(name), run,
                                           hdf5::Steps(), as_options(options),
                                           Rcpp::as<bool>(overwrite)));
  });
}

// Appends draws [step, walker, parameter] with log-probabilities [step, walker] and, for each step, the
// accepted proposals [walker, step] so far.
extern "C" SEXP livechain_append(SEXP writer, SEXP draws, SEXP log_prob, SEXP accepted) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<hdf5::Writer> target(writer);
    const Rcpp::NumericVector chain(draws), values(log_prob);
    const Rcpp::NumericMatrix counts(accepted);
    const auto n_walkers = static_cast<R_xlen_t>(target->run().n_walkers);
    const auto n_parameters = static_cast<R_xlen_t>(target->run().n_parameters);
    const R_xlen_t n_steps = values.size() / n_walkers;
    std::vector<double> positions(static_cast<std::size_t>(n_walkers * n_parameters));
    std::vector<double> step_log_prob(static_cast<std::size_t>(n_walkers));
    for (R_xlen_t t = 0; t < n_steps; ++t) {
      for (R_xlen_t w = 0; w < n_walkers; ++w) {
        for (R_xlen_t p = 0; p < n_parameters; ++p) {
          positions[static_cast<std::size_t>(w * n_parameters + p)] = chain[t + n_steps * (w + n_walkers * p)];
        }
        step_log_prob[static_cast<std::size_t>(w)] = values[t + n_steps * w];
      }
      const auto column = counts.column(static_cast<int>(t));
      target->append(positions.data(), step_log_prob.data(), nullptr,
                     {{column.begin(), column.end()}, 0, {}});
    }
    target->tick();
    return R_NilValue;
  });
}

// The positions [walker, parameter] after the last published step, and the accepted proposals until then.
extern "C" SEXP livechain_writer_state(SEXP writer) {
  return entry([&]() -> SEXP {
    const core::Ensemble e = as_ensemble(*Rcpp::XPtr<hdf5::Writer>(writer));
    Rcpp::NumericMatrix positions(static_cast<int>(e.n_walkers()), static_cast<int>(e.n_parameters()));
    Eigen::Map<Eigen::MatrixXd>(positions.begin(), e.n_walkers(), e.n_parameters()) = e.positions;
    return Rcpp::List::create(Rcpp::_["positions"] = positions,
                              Rcpp::_["accepted"] = Rcpp::NumericVector(e.accepted.begin(), e.accepted.end()));
  });
}

// `settings` has the moves that go on with the run; NULL when they are another sampler's.
extern "C" SEXP livechain_resume_writer(SEXP path, SEXP name, SEXP description, SEXP settings, SEXP options) {
  return entry([&]() -> SEXP {
    const auto file = Rcpp::as<std::string>(path);
    const auto run = Rcpp::as<std::string>(name);
    hdf5::Description facts = as_description(description);
    if (!Rf_isNull(settings)) facts.memory = memory_to_adopt(file, run, settings);
    return pointer_to(hdf5::Writer::resume(file, run, facts, as_options(options)));
  });
}

// The walkers where the run in the file stands, for `density` to go on with.
extern "C" SEXP livechain_writer_walkers(SEXP writer, SEXP density) {
  return entry([&]() -> SEXP {
    const Rcpp::XPtr<hdf5::Writer> from(writer);
    const hdf5::BlobType& blob_type = from->run().blob_type;
    Rcpp::XPtr<UserDensity>(density)->set_blob_type(blob_type);
    return pointer_to(Walkers{as_ensemble(*from), blob_type});
  });
}

extern "C" SEXP livechain_writer_progress(SEXP writer) {
  return entry([&]() -> SEXP {
    using Rcpp::_;
    const Rcpp::XPtr<hdf5::Writer> of(writer);
    return Rcpp::List::create(_["n_steps"] = static_cast<double>(of->n_steps()),
                              _["target"] = static_cast<double>(of->target()));
  });
}

extern "C" SEXP livechain_set_target(SEXP writer, SEXP n_steps) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<hdf5::Writer>(writer)->set_target(static_cast<std::int64_t>(Rcpp::as<double>(n_steps)));
    return R_NilValue;
  });
}

extern "C" SEXP livechain_close_writer(SEXP writer) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<hdf5::Writer>(writer)->close();
    return R_NilValue;
  });
}

// The number of the walker for which the density is being evaluated, and its position; NULL when it is not,
// or when it is for several at once.
extern "C" SEXP livechain_current(SEXP density) {
  return entry([&]() -> SEXP {
    using Rcpp::_;
    const auto& current = Rcpp::XPtr<UserDensity>(density)->current();
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
    Rcpp::XPtr<hdf5::Writer> target(writer);
    EndingSignals signals;
    FileSink sink(*target);
    const PublishBetween between(*evaluated, *target);
    RunMonitor monitor(progress, as_rule(stop_rule, settings, [&](const Rcpp::Function& rule) -> SEXP {
                         sink.flush();
                         return rule();
                       }),
                       [&between] { between.rethrow(); });
    core::Sampler sampler = make_sampler(*Rcpp::XPtr<Walkers>(walkers), *evaluated, settings);
    sampler.require_memory(target->tally().memory.size());
    try {
      sampler.run(n_steps_in(settings), sink, monitor);
      if (monitor.stopped()) target->set_target(target->n_steps());
    } catch (...) {
      const std::exception_ptr reason = std::current_exception();
      try {
        sink.finish();
      } catch (const hdf5::Error&) {
        // The reason why the run ends says more.
      }
      std::rethrow_exception(reason);
    }
    const double n_steps = static_cast<double>(target->n_steps());
    sink.finish();
    signals.obey();
    return Rcpp::List::create(_["n_nan"] = static_cast<double>(sampler.ensemble().n_nan),
                              _["n_limited"] = static_cast<double>(sampler.n_limited()),
                              _["stopped"] = monitor.stopped(), _["n_steps"] = n_steps);
  });
}

extern "C" SEXP livechain_run_to_memory(SEXP walkers, SEXP density, SEXP settings, SEXP progress,
                                        SEXP stop_rule) {
  return entry([&]() -> SEXP {
    Rcpp::XPtr<UserDensity> evaluated(density);
    const Rcpp::XPtr<Walkers> start(walkers);
    MemorySink sink(start->ensemble, static_cast<R_xlen_t>(n_steps_in(settings)), start->blob_type);
    core::Sampler sampler = make_sampler(*start, *evaluated, settings);
    const auto result = [&] {
      sink.flush();
      Rcpp::List list = sink.to_list();
      const auto& accepted = sampler.ensemble().accepted;
      list["accepted"] = Rcpp::NumericVector(accepted.begin(), accepted.end());
      list["n_nan"] = static_cast<double>(sampler.ensemble().n_nan);
      list["n_steps"] = static_cast<double>(sink.n_recorded());
      return list;
    };
    RunMonitor monitor(
        progress,
        as_rule(stop_rule, settings, [&](const Rcpp::Function& rule) -> SEXP { return rule(result()); }),
        [] {});
    sampler.run(n_steps_in(settings), sink, monitor);
    Rcpp::List list = result();
    list["stopped"] = monitor.stopped();
    list["n_limited"] = static_cast<double>(sampler.n_limited());
    return list;
  });
}

}  // namespace livechain::glue
