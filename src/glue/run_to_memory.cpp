// Entries that sample into memory.
#include "glue/entry.h"

#include "glue/memory_sink.h"
#include "glue/moves.h"
#include "glue/running.h"

namespace livechain::glue {

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

}  // namespace livechain::glue
