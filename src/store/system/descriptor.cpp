#include "store/system/descriptor.h"

#include "store/error.h"
#include "store/system/fork.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace livechain::store {

namespace {

FileId id_in(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

// Calls `call` until no signal interrupts it.
template <class Call>
auto uninterrupted(Call call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

}  // namespace

FileId id_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? id_in(status) : FileId();
}

FileId id_of(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 ? id_in(status) : FileId();
}

Descriptor::Descriptor(const std::string& path, Access access) : path_(path), owner_(getpid()) {
  const bool writes = access == Access::read_and_write;
  fd_ = uninterrupted([&] { return open(path.c_str(), (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC); });
  if (fd_ < 0) throw system_error(path, writes ? "open the file for writing" : "open the file");
  id_ = id_of(fd_);
  if (writes) in_children(fd_, Fate::disconnect);
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)), owner_(other.owner_), id_(other.id_) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(owner_, other.owner_);
  std::swap(id_, other.id_);
  return *this;
}

Descriptor::~Descriptor() { close(); }

void Descriptor::close() noexcept {
  const int fd = std::exchange(fd_, -1);
  if (fd < 0 || owner_ != getpid()) return;
  forget_in_children(fd);
  ::close(fd);
}

void Descriptor::write(const void* bytes, std::size_t n, std::uint64_t at) const {
  const auto* next = static_cast<const char*>(bytes);
  while (n > 0) {
    const ssize_t written = uninterrupted([&] { return pwrite(fd_, next, n, static_cast<off_t>(at)); });
    if (written < 0) throw system_error(path_, "write to it");
    next += written;
    at += static_cast<std::uint64_t>(written);
    n -= static_cast<std::size_t>(written);
  }
}

bool Descriptor::read(void* bytes, std::size_t n, std::uint64_t at) const {
  auto* next = static_cast<char*>(bytes);
  while (n > 0) {
    const ssize_t got = uninterrupted([&] { return pread(fd_, next, n, static_cast<off_t>(at)); });
    if (got < 0) throw system_error(path_, "read from it");
    if (got == 0) return false;
    next += got;
    at += static_cast<std::uint64_t>(got);
    n -= static_cast<std::size_t>(got);
  }
  return true;
}

// Some file systems have nothing to bring to a disk, and say so.
void Descriptor::sync() const {
#ifdef __APPLE__
  const int failed = uninterrupted([this] { return fsync(fd_); });
#else
  const int failed = uninterrupted([this] { return fdatasync(fd_); });
#endif
  if (failed != 0 && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) {
    throw system_error(path_, "bring it to the disk");
  }
}

Descriptor::State Descriptor::state() const {
  struct stat status {};
  if (fstat(fd_, &status) != 0) throw system_error(path_, "look at it");
#ifdef __APPLE__
  const timespec changed = status.st_mtimespec;
#else
  const timespec changed = status.st_mtim;
#endif
  return {static_cast<std::uint64_t>(status.st_size), static_cast<std::uint64_t>(status.st_nlink),
          std::int64_t(changed.tv_sec) * 1000000000 + changed.tv_nsec};
}

void Descriptor::allocate(std::uint64_t at, std::uint64_t n) const {
#ifdef __linux__
  const auto offset = static_cast<off_t>(at);
  const auto length = static_cast<off_t>(n);
  const int failed = uninterrupted([&] { return fallocate(fd_, 0, offset, length); });
  const bool full = failed != 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG);
  if (full) throw system_error(path_, "make room in it");
#else
  static_cast<void>(at);
  static_cast<void>(n);
#endif
}

void Descriptor::punch(std::uint64_t at, std::uint64_t n) const noexcept {
#ifdef FALLOC_FL_PUNCH_HOLE
  const auto offset = static_cast<off_t>(at);
  const auto length = static_cast<off_t>(n);
  static_cast<void>(fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length));
#else
  static_cast<void>(at);
  static_cast<void>(n);
#endif
}

void Descriptor::forget_pages() const noexcept {
#ifdef POSIX_FADV_DONTNEED
  posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED);
#endif
}

}  // namespace livechain::store
