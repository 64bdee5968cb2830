// The border of the storage: below it HDF5 fails, above it there are only Errors.
#pragma once

#include "hdf5/handle.h"
#include "store/error.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

namespace livechain::store {

// Runs `work` with a quiet library; its failures become Errors of `kind`.
template <class Work>
auto guarded(const std::string& path, Kind kind, Work work) {
  const hdf5::Quiet quiet;
  try {
    return work();
  } catch (const hdf5::Failure& failure) {
    throw Error(kind, path, failure.what());
  }
}

// Whether another moment may bring another result: only when somebody writes to the file, or has just now.
bool may_pass(Kind kind, const std::string& path);

// The same for readers: what a writer's moment can explain is tried again, for about a second.
template <class Work>
auto patient(const std::string& path, Work work) {
  using namespace std::chrono;
  const auto deadline = steady_clock::now() + seconds(1);
  for (milliseconds pause(1);; pause = std::min(2 * pause, milliseconds(50))) {
    try {
      return guarded(path, Kind::damaged, work);
    } catch (const Error& error) {
      if (steady_clock::now() > deadline || !may_pass(error.kind, path)) throw;
    }
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace livechain::store
