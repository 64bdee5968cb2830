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
  if (!rule_ || n_steps % every_ != 0) return false;
  const auto before = Clock::now();
  if (!exact_ && 100 * (spent_ + last_cost_) > before - started_ && spent_.count() > 0) return false;
  const bool met = rule_();
  last_cost_ = Clock::now() - before;
  spent_ += last_cost_;
  return met;
}

}  // namespace livechain::glue
