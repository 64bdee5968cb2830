// What the HDF5 library could not do.
#pragma once

#include <stdexcept>
#include <string>

namespace livechain::hdf5 {

// A call of the library failed; the message is the library's own.
class Failure : public std::runtime_error {
 public:
  explicit Failure(const std::string& doing);
};

}  // namespace livechain::hdf5
