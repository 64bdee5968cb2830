// Interrupts and progress, looked after a few times a second whatever the speed of the run.
#pragma once

#include "core/world.h"

#include <Rcpp.h>

#include <chrono>

namespace livechain::glue {

class RMonitor : public core::Monitor {
 public:
  // `progress` is NULL or a function of the number of steps.
  explicit RMonitor(Rcpp::RObject progress) : progress_(progress) {}

  bool go_on(std::int64_t n_steps) override {
    const auto now = Clock::now();
    if (now - last_ < std::chrono::milliseconds(100)) return true;
    last_ = now;
    Rcpp::checkUserInterrupt();
    if (!progress_.isNULL()) {
      Rcpp::Function report(static_cast<SEXP>(progress_));
      report(static_cast<double>(n_steps));
    }
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Rcpp::RObject progress_;
  Clock::time_point last_ = Clock::now();
};

}  // namespace livechain::glue
