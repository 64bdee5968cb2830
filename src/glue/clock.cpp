// A clock that nobody sets.
#include "store/system/clock.h"

#include "glue/entry.h"

#include <algorithm>
#include <thread>

namespace livechain::glue {

extern "C" SEXP livechain_seconds() {
  return entry([]() -> SEXP {
    return Rcpp::wrap(std::chrono::duration<double>(store::Clock::now().time_since_epoch()).count());
  });
}

// Ended by an interrupt.
extern "C" SEXP livechain_pause(SEXP seconds) {
  return entry([&]() -> SEXP {
    const auto until = store::Clock::now() + std::chrono::duration<double>(Rcpp::as<double>(seconds));
    while (store::Clock::now() < until) {
      std::this_thread::sleep_for(std::min<std::chrono::duration<double>>(until - store::Clock::now(), std::chrono::milliseconds(20)));
      Rcpp::checkUserInterrupt();
    }
    return R_NilValue;
  });
}

}  // namespace livechain::glue
