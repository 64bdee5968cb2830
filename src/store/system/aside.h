// Files come into being beside their place, under the writer's lock, and are put there whole: a reader
// sees no file, the old file, or the new one.
#pragma once

#include "store/system/lock.h"

#include <string>

namespace livechain::store {

// Removes what processes that died left in the folder of `path`. Before the file is locked: a process that died while
// it put the file in its place left a second name of it.
void remove_leftovers(const std::string& path);

class Aside {
 public:
  // A new, empty, locked file in the folder of `path`. What dead processes left there is removed.
  explicit Aside(std::string path);
  ~Aside();
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;

  const std::string& path() const { return aside_; }
  int fd() const { return lock_.fd(); }

  // Puts the file in its place. Throws Error `exists` when it must not replace one that is there.
  void publish(bool replace);

  // The lock on the published file.
  Lock take_lock() { return std::move(lock_); }

 private:
  std::string path_;
  std::string aside_;
  Lock lock_;
};

}  // namespace livechain::store
