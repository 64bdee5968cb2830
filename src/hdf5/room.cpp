#include "hdf5/room.h"

#include "hdf5/error.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>

namespace livechain::hdf5 {

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

std::size_t size_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? static_cast<std::size_t>(status.st_size) : 0;
}

}  // namespace livechain::hdf5
