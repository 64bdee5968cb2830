#include "store/system/lock.h"

#include "store/error.h"
#include "store/system/fork.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

namespace livechain::store {

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

Lock::Holder holder_of(int fd) {
  struct flock range = lock_range();
  if (fcntl(fd, F_OFD_GETLK, &range) != 0) return Lock::Holder::unknown;
  return range.l_type == F_UNLCK ? Lock::Holder::nobody : Lock::Holder::somebody;
}
#else
// A system without locks on open file descriptions: the heartbeats decide, as on file systems without locks.
bool try_lock(int) {
  errno = ENOLCK;
  return false;
}

Lock::Holder holder_of(int) { return Lock::Holder::unknown; }
#endif

bool knows_no_locks(int code) {
  return code == ENOLCK || code == ENOSYS || code == EOPNOTSUPP || code == EINVAL;
}

// Of a pipe, too, nobody is waited for.
int open_uninterrupted(const std::string& path, int flags) {
  for (;;) {
    const int fd = open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0666);
    if (fd >= 0 || errno != EINTR) return fd;
  }
}

// With this variable set, the library takes locks of the same kind itself.
bool library_locks() {
  const char* const setting = std::getenv("HDF5_USE_FILE_LOCKING");
  return setting != nullptr && std::strcmp(setting, "FALSE") != 0 && std::strcmp(setting, "0") != 0;
}

}  // namespace

Lock::Lock(int fd) : fd_(fd), owner_(getpid()) { in_children(fd, Fate::close); }

Lock::Lock(Lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)), owner_(other.owner_) {}

Lock& Lock::operator=(Lock&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(owner_, other.owner_);
  return *this;
}

Lock::~Lock() { release(); }

void Lock::release() noexcept {
  const int fd = std::exchange(fd_, -1);
  if (fd < 0 || owner_ != getpid()) return;
  forget_in_children(fd);
  close(fd);
}

Lock Lock::take_open(int fd, const std::string& path) {
  if (try_lock(fd)) return Lock(fd);
  const int code = errno;
  if (knows_no_locks(code)) return Lock(fd);
  close(fd);
  if (code == EAGAIN || code == EACCES) throw Error(Kind::busy, path, "another writer has the file");
  errno = code;
  throw system_error(path, "lock the file");
}

Lock Lock::take(const std::string& path) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const int fd = open_uninterrupted(path, O_RDWR);
    if (fd < 0) throw system_error(path, "open the file for writing");
    Lock lock = take_open(fd, path);
    if (lock.is_at(path)) return lock;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw Error(Kind::busy, path, "the file is being replaced again and again");
}

Lock Lock::create(const std::string& path, const std::string& asked_for) {
  const int fd = open_uninterrupted(path, O_RDWR | O_CREAT | O_EXCL);
  if (fd < 0) throw system_error(asked_for, "create a file in its folder");
  try {
    return take_open(fd, asked_for);
  } catch (...) {
    unlink(path.c_str());
    throw;
  }
}

Lock::Holder Lock::holder(const std::string& path) {
  const int fd = open_uninterrupted(path, O_RDONLY);
  if (fd < 0) throw system_error(path, "open the file");
  const Holder holder = holder_of(fd);
  close(fd);
  return holder;
}

bool Lock::is_at(const std::string& path) const {
  struct stat ours {}, named {};
  return fstat(fd_, &ours) == 0 && stat(path.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
         ours.st_dev == named.st_dev;
}

// Where the file system knows no such locks, no other program has one.
ForeignLock::ForeignLock(const Lock& lock, const std::string& path) : fd_(lock.fd()), taken_(!library_locks()) {
  if (!taken_ || flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
  taken_ = false;
  if (errno == EWOULDBLOCK) throw Error(Kind::busy, path, "another HDF5 program has the file open");
}

ForeignLock::~ForeignLock() {
  if (taken_) flock(fd_, LOCK_UN);
}

}  // namespace livechain::store
