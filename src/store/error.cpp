#include "store/error.h"

#include <cerrno>
#include <cstring>

namespace livechain::store {

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
    case Kind::wrong_rows: return "wrong_rows";
    case Kind::no_space: return "no_space";
    case Kind::gone: return "gone";
    case Kind::taken_over: return "taken_over";
    case Kind::io: break;
  }
  return "io";
}

Error wrong_rows(const std::string& path, std::int64_t first_wrong) {
  Error error(Kind::wrong_rows, path, "step " + std::to_string(first_wrong) + " is not what was written");
  error.first_wrong = first_wrong;
  return error;
}

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

}  // namespace livechain::store
