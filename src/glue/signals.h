// Signals that ask the process to end: a scheduler's at the end of its time, a terminal's that is closed.
#pragma once

#include <csignal>

namespace livechain::glue {

// While one lives, SIGTERM, SIGHUP and SIGUSR1 are noted and do not end the process, but only the children it forks. Those
// that are ignored (nohup) or that somebody else looks after are left alone, unless that is R.
class EndingSignals {
 public:
  EndingSignals();
  ~EndingSignals() { restore(); }
  EndingSignals(const EndingSignals&) = delete;
  EndingSignals& operator=(const EndingSignals&) = delete;

  static bool came();

  // Ends the process in the way that was asked for, if it was. A second signal does not wait for that.
  void obey();

 private:
  static constexpr int signals_[] = {SIGTERM, SIGHUP, SIGUSR1};
  static constexpr int n_signals_ = 3;

  void restore();

  struct sigaction before_[n_signals_];
  bool ours_[n_signals_];
};

}  // namespace livechain::glue
