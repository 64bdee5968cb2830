#include "store/system/fork.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <map>

namespace livechain::store {

namespace {

std::map<int, Fate>& inherited() {
  static std::map<int, Fate> all;
  return all;
}

int open_nowhere() {
#ifdef MFD_CLOEXEC
  const int memory = memfd_create("livechain", MFD_CLOEXEC);
  if (memory >= 0) return memory;
#endif
  return open("/dev/null", O_RDWR | O_CLOEXEC);
}

int n_forks = 0;

void meet_fates() {
  ++n_forks;
  for (const auto& [fd, fate] : inherited()) {
    if (fate == Fate::close) {
      close(fd);
    } else {
      disconnect(fd);
    }
  }
  inherited().clear();
}

void watch_forks() {
  static const int registered = pthread_atfork(nullptr, nullptr, meet_fates);
  static_cast<void>(registered);
}

}  // namespace

void disconnect(int fd) {
  const int nowhere = open_nowhere();
  dup2(nowhere, fd);
  close(nowhere);
}

void in_children(int fd, Fate fate) {
  watch_forks();
  inherited()[fd] = fate;
}

void forget_in_children(int fd) { inherited().erase(fd); }

int generation() {
  watch_forks();
  return n_forks;
}

}  // namespace livechain::store
