// Processes, and the machines on which they run.
#pragma once

#include <cstdint>
#include <string>

namespace livechain::store {

struct Process {
  std::int64_t pid = 0;
  std::int64_t started = 0;  // as the system counts it; tells a process from a later one with the same number; 0 when unknown
  std::int64_t machine = 0;  // of this boot of this machine, and of the processes that can see each other on it; 0 when unknown
  std::string host;

  static Process self();

  bool is_on_this_machine() const;
  bool is_alive() const;  // only on this machine
};

// Whether no process that this one can see has the number, or one that is dead.
bool is_gone(std::int64_t pid);

// A number that nobody else has.
std::uint64_t draw_identity();

}  // namespace livechain::store
