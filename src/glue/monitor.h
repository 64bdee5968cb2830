// What a run does beside sampling: interrupts, progress, and the question whether to stop.
#pragma once

#include "core/world.h"

#include <Rcpp.h>

#include <chrono>
#include <functional>

namespace livechain::glue {

// Interrupts and progress are looked after a few times a second, whatever the speed of the run.
class RMonitor : public core::Monitor {
 public:
  // `progress` is NULL or a function of the number of steps.
  explicit RMonitor(SEXP progress) : progress_(progress) {}

  bool go_on(std::int64_t n_steps) override;

 private:
  using Clock = std::chrono::steady_clock;

  Rcpp::RObject progress_;
  Clock::time_point last_ = Clock::now();
};

// Asks a rule every so many steps, as long as that takes no more than a hundredth of the run's time, unless the
// schedule is exact.
class StopRule {
 public:
  using Rule = std::function<bool()>;

  StopRule(std::int64_t every, Rule rule, bool exact = false)
      : every_(every), rule_(std::move(rule)), exact_(exact) {}

  bool is_met(std::int64_t n_steps);

 private:
  using Clock = std::chrono::steady_clock;

  std::int64_t every_;
  Rule rule_;
  bool exact_;
  Clock::time_point started_ = Clock::now();
  Clock::duration spent_{0};
  Clock::duration last_cost_{0};
};

}  // namespace livechain::glue
