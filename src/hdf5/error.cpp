#include "hdf5/error.h"

#include <hdf5.h>

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

}  // namespace

Failure::Failure(const std::string& doing)
    : std::runtime_error("could not " + doing + library_message()) {}

}  // namespace livechain::hdf5
