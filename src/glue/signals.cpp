#include "glue/signals.h"

#include <unistd.h>

namespace livechain::glue {

namespace {

volatile std::sig_atomic_t pending = 0;

pid_t sampling = 0;

void note(int signal) {
  if (getpid() == sampling && pending == 0) {
    pending = signal;
    return;
  }
  std::signal(signal, SIG_DFL);  // the second one, or a child that was forked meanwhile
  std::raise(signal);
}

}  // namespace

EndingSignals::EndingSignals() {
  pending = 0;
  sampling = getpid();
  struct sigaction noting {};
  noting.sa_handler = note;
  sigemptyset(&noting.sa_mask);
  noting.sa_flags = SA_RESTART;
  for (int i = 0; i < n_signals_; ++i) {
    const bool known = sigaction(signals_[i], nullptr, &before_[i]) == 0;
    const bool plain = known && (before_[i].sa_flags & SA_SIGINFO) == 0;
    const bool by_default = plain && before_[i].sa_handler == SIG_DFL;
    // R would save its image, in the middle of a step.
    const bool by_r = plain && signals_[i] == SIGUSR1 && before_[i].sa_handler != SIG_IGN;
    ours_[i] = (by_default || by_r) && sigaction(signals_[i], &noting, nullptr) == 0;
  }
}

void EndingSignals::restore() {
  for (int i = 0; i < n_signals_; ++i) {
    if (ours_[i]) sigaction(signals_[i], &before_[i], nullptr);
    ours_[i] = false;
  }
}

bool EndingSignals::came() { return pending != 0; }

void EndingSignals::obey() {
  if (!came()) return;
  restore();
  std::raise(pending == SIGUSR1 ? SIGTERM : pending);
}

}  // namespace livechain::glue
