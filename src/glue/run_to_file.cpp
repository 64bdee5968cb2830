// The entry that samples into a file.
#include "glue/entry.h"

#include "glue/moves.h"
#include "glue/running.h"
#include "glue/signals.h"
#include "store/writer.h"

#include <exception>

namespace livechain::glue {

namespace {

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

// How the rule of the run was written.
std::string rule_in(const Rcpp::List& settings) {
  const bool known = settings.containsElementNamed("rule") && !Rf_isNull(settings["rule"]);
  return known ? Rcpp::as<std::string>(settings["rule"]) : "";
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
    // R jumps out of the run: on an interrupt, of which it was told, or because some code does not return.
    writer.say_why_at_least(store::End::left);
  }
}

}  // namespace

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
      target->say_why(store::End::stopped, rule_in(settings));
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

}  // namespace livechain::glue
