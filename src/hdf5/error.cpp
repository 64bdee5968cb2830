#include "hdf5/error.h"

#include <hdf5.h>

#include <cerrno>
#include <cstring>

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

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::missing: return "missing";
    case Kind::denied: return "denied";
    case Kind::not_hdf5: return "not_hdf5";
    case Kind::no_run: return "no_run";
    case Kind::not_a_chain: return "not_a_chain";
    case Kind::exists: return "exists";
    case Kind::busy: return "busy";
    case Kind::unreadable: return "unreadable";
    case Kind::damaged: return "damaged";
    case Kind::no_space: return "no_space";
    case Kind::gone: return "gone";
    case Kind::io: break;
  }
  return "io";
}

Failure::Failure(const std::string& doing)
    : std::runtime_error("could not " + doing + library_message()) {}

Error system_error(const std::string& path, const std::string& doing) {
  const int code = errno;
  const std::string detail = doing + ": " + std::strerror(code);
  switch (code) {
    case ENOENT:
    case ENOTDIR: return Error(Kind::missing, path, detail);
    case EACCES:
    case EPERM:
    case EROFS: return Error(Kind::denied, path, detail);
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return Error(Kind::no_space, path, detail);
    default: return Error(Kind::io, path, detail);
  }
}

}  // namespace livechain::hdf5
