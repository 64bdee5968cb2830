#include "hdf5/error.h"

#include <fcntl.h>
#include <hdf5.h>
#include <unistd.h>

#include <cstdlib>

namespace livechain::hdf5 {

namespace {

herr_t take_innermost(unsigned, const H5E_error2_t* error, void* message) {
  if (error->desc != nullptr) *static_cast<std::string*>(message) = error->desc;
  return 1;
}

std::string library_message() {
  std::string message;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_innermost, &message);
  H5Eclear2(H5E_DEFAULT);
  // The library's advice to use h5clear would destroy a chain.
  const std::size_t advice = message.find(" (may use");
  if (advice != std::string::npos) message.erase(advice);
  return message.empty() ? message : ": " + message;
}

// Of some files that are cut or damaged, HDF5 does not free all that it took to look at them, and complains about that as the
// process ends. Its own turn comes after this, and finds nothing to do.
void close_library_quietly() {
  const int shown = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDERR_FILENO);
  H5close();
  dup2(shown, STDERR_FILENO);
  close(shown);
  close(nowhere);
}

}  // namespace

Failure::Failure(const std::string& doing) : std::runtime_error("could not " + doing + library_message()) {
  static const int registered = std::atexit(close_library_quietly);
  static_cast<void>(registered);
}

}  // namespace livechain::hdf5
