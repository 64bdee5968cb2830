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

// Asks a rule every so many steps; or, where these are not given, at growing lengths, and, when it looks at the clock,
// once a second.
class StopRule {
 public:
  using Rule = std::function<bool()>;

  StopRule(std::int64_t every, bool timed, Rule rule) : every_(every), timed_(timed), rule_(std::move(rule)) {}

  bool is_met(std::int64_t n_steps);

 private:
  using Clock = std::chrono::steady_clock;

  bool is_due(std::int64_t n_steps);

  std::int64_t every_;  // 0 when it is not given
  bool timed_;
  Rule rule_;
  std::int64_t next_ = 100;
  Clock::time_point asked_ = Clock::now();
};

}  // namespace livechain::glue
