#include "store/system/room.h"

#include "store/error.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>

namespace livechain::store {

void require_room(int fd, const std::string& path, std::size_t bytes) {
  struct statvfs disk {};
  if (fstatvfs(fd, &disk) == 0 && disk.f_bavail * disk.f_frsize < bytes) {
    errno = ENOSPC;
    throw system_error(path, "write to it");
  }
  struct stat status {};
  struct rlimit limit {};
  const bool limited = getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
                       fstat(fd, &status) == 0;
  if (limited && static_cast<rlim_t>(status.st_size) + bytes > limit.rlim_cur) {
    errno = EFBIG;
    throw system_error(path, "write to it");
  }
}

bool has_room(int fd, std::size_t bytes) {
  try {
    require_room(fd, "", bytes);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace livechain::store
