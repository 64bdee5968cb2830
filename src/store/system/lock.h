// The writer's lock: one process at a time may write to a file, and the kernel knows which.
#pragma once

#include <sys/types.h>

#include <string>

namespace livechain::store {

// An exclusive lock on one byte far beyond the end of the file. It belongs to the open file, not to its
// name: renaming keeps it, links share it. The kernel drops it when the process dies, however it dies.
// It does not meet the locks that HDF5 programs take (flock), so readers of any kind are not disturbed.
// A forked child gives its copy up at once. Where the file system knows no such locks, nothing is locked: see heartbeat.h.
class Lock {
 public:
  Lock() = default;
  Lock(Lock&& other) noexcept;
  Lock& operator=(Lock&& other) noexcept;
  ~Lock();

  // Throws Error: `busy` when another writer has the file.
  static Lock take(const std::string& path);
  // The same on a new, empty file; errors name the one that was asked for.
  static Lock create(const std::string& path, const std::string& asked_for);

  // Whether some writer holds the file at `path`; `unknown` where the file system has no such locks.
  enum class Holder { nobody, somebody, unknown };
  static Holder holder(const std::string& path);
  static bool is_held(const std::string& path) { return holder(path) == Holder::somebody; }

  int fd() const { return fd_; }

  // Whether `path` still names the file that is locked.
  bool is_at(const std::string& path) const;

 private:
  explicit Lock(int fd);
  static Lock take_open(int fd, const std::string& path);
  void release() noexcept;

  int fd_ = -1;
  pid_t owner_ = 0;
};

// While one lives, no other HDF5 program can open the file, and none had it open for writing before.
class ForeignLock {
 public:
  ForeignLock(const Lock& lock, const std::string& path);
  ~ForeignLock();
  ForeignLock(const ForeignLock&) = delete;
  ForeignLock& operator=(const ForeignLock&) = delete;

 private:
  int fd_;
  bool taken_;
};

}  // namespace livechain::store
