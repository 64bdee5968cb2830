// What a run into a file and one into memory have in common: its sampler, and who looks after it.
#pragma once

#include "core/sampler.h"
#include "glue/density.h"
#include "glue/monitor.h"
#include "glue/walkers.h"

#include <cstdint>
#include <functional>
#include <utility>

namespace livechain::glue {

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

StopRule stop_rule_in(SEXP rule, const Rcpp::List& settings, const Ask& ask);
StopRule callback_in(const Rcpp::List& settings, const Ask& ask);

core::Mixture mixture_in(const Rcpp::List& settings);
core::Sampler make_sampler(const Walkers& walkers, core::Density& density, const Rcpp::List& settings);
std::int64_t n_steps_in(const Rcpp::List& settings);

}  // namespace livechain::glue
