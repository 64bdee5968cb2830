#include "glue/monitor.h"

#include "glue/signals.h"

namespace livechain::glue {

bool RMonitor::go_on(std::int64_t n_steps) {
  if (EndingSignals::came()) return false;
  const auto now = Clock::now();
  if (now - last_ < std::chrono::milliseconds(100)) return true;
  last_ = now;
  Rcpp::checkUserInterrupt();
  if (!progress_.isNULL()) {
    const Rcpp::Function report(static_cast<SEXP>(progress_));
    report(static_cast<double>(n_steps));
  }
  return true;
}

bool StopRule::is_met(std::int64_t n_steps) {
  if (!rule_ || !is_due(n_steps)) return false;
  asked_ = Clock::now();
  return rule_();
}

// The lengths depend on nothing else, so that a run that is taken up is asked where one that never ended is.
bool StopRule::is_due(std::int64_t n_steps) {
  if (every_ > 0) return n_steps % every_ == 0;
  while (next_ < n_steps) next_ += next_ / 5;
  return next_ == n_steps || (timed_ && Clock::now() - asked_ >= std::chrono::seconds(1));
}

}  // namespace livechain::glue
