#include "hdf5/lock.h"

#include "hdf5/error.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace livechain::hdf5 {

namespace {

#ifdef F_OFD_SETLK
struct flock lock_range() {
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = off_t(1) << 62;
  range.l_len = 1;
  return range;
}

bool try_lock(int fd) {
  struct flock range = lock_range();
  return fcntl(fd, F_OFD_SETLK, &range) == 0;
}

bool held_by_other(int fd) {
  struct flock range = lock_range();
  return fcntl(fd, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}
#else
#error "livechain needs locks on open file descriptions (F_OFD_SETLK)"
#endif

// Descriptors of the locks that this process holds, closed in a forked child: a child that outlives its
// parent must not make the file look as if it were still written to.
constexpr std::size_t max_locks = 64;
std::array<int, max_locks> held_fds = [] {
  std::array<int, max_locks> none{};
  none.fill(-1);
  return none;
}();

void forget_in_child() {
  for (int& fd : held_fds) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
}

void remember(int fd) {
  static const int registered = pthread_atfork(nullptr, nullptr, forget_in_child);
  (void)registered;
  const auto free_place = std::find(held_fds.begin(), held_fds.end(), -1);
  if (free_place != held_fds.end()) *free_place = fd;
}

}  // namespace

Lock::Lock(Lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Lock& Lock::operator=(Lock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Lock::~Lock() { release(); }

void Lock::release() noexcept {
  const int fd = std::exchange(fd_, -1);
  const auto place = std::find(held_fds.begin(), held_fds.end(), fd);
  if (fd < 0 || place == held_fds.end()) return;
  *place = -1;
  close(fd);
}

Lock Lock::take_open(int fd, const std::string& path) {
  if (try_lock(fd)) {
    remember(fd);
    return Lock(fd);
  }
  const int code = errno;
  close(fd);
  if (code == EAGAIN || code == EACCES) throw Error(Kind::busy, path, "another writer has the file");
  errno = code;
  throw system_error(path, "lock the file");
}

Lock Lock::take(const std::string& path) {
  for (;;) {
    const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) throw system_error(path, "open the file for writing");
    Lock lock = take_open(fd, path);
    if (lock.is_at(path)) return lock;
  }
}

Lock Lock::create(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, 0666);
  if (fd < 0) throw system_error(path, "create a file in its folder");
  return take_open(fd, path);
}

bool Lock::is_held(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw system_error(path, "open the file");
  const bool held = held_by_other(fd);
  close(fd);
  return held;
}

bool Lock::is_at(const std::string& path) const {
  struct stat ours {}, named {};
  return fstat(fd_, &ours) == 0 && stat(path.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
         ours.st_dev == named.st_dev;
}

ForeignLock::ForeignLock(const Lock& lock, const std::string& path) : fd_(lock.fd()) {
  if (flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    throw Error(Kind::busy, path, "another HDF5 program has the file open");
  }
}

ForeignLock::~ForeignLock() { flock(fd_, LOCK_UN); }

}  // namespace livechain::hdf5
