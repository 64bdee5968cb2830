// The time of day for people, which never jumps within a process: clocks that are set meanwhile do not matter.
#pragma once

#include <chrono>
#include <cstdint>

namespace livechain::store {

using Clock = std::chrono::steady_clock;

// Microseconds since 1970.
inline std::int64_t microseconds_now() {
  using namespace std::chrono;
  static const auto began = Clock::now();
  static const auto day = system_clock::now();
  return duration_cast<microseconds>(day.time_since_epoch() + (Clock::now() - began)).count();
}

}  // namespace livechain::store
