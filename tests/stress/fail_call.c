/* Preloaded: fails calls of the kind FAIL_CALL on files whose path has FAIL_MATCH: FAIL_FOR of them from the FAIL_AT-th on, with the
 * error FAIL_ERROR, or, when that is 0, by doing half of what was asked. The first to fail makes the file FAIL_HIT. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "path_of.h"

static long n_calls = 0;

static long number_in(const char* name) {
  const char* text = getenv(name);
  return text == NULL ? 0 : atol(text);
}

static int is_at_path(const char* path) {
  const char* part = getenv("FAIL_MATCH");
  return part != NULL && path != NULL && strstr(path, part) != NULL;
}

static int is_at(int fd) {
  char path[4096];
  return path_of(fd, path, sizeof path) && is_at_path(path);
}

static int is_kind(const char* call) {
  const char* wanted = getenv("FAIL_CALL");
  return wanted != NULL && strcmp(wanted, call) == 0;
}

static int is_next(void) {
  const long call = __sync_add_and_fetch(&n_calls, 1), at = number_in("FAIL_AT");
  if (call < at || call >= at + number_in("FAIL_FOR")) return 0;
  const int hit = open(getenv("FAIL_HIT"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (hit >= 0) close(hit);
  errno = (int)number_in("FAIL_ERROR");
  return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAILS(call, fd) (is_kind(call) && is_at(fd) && is_next())

ssize_t pwrite64(int fd, const void* bytes, size_t n, off64_t at) {
  if (!FAILS("pwrite", fd)) return REAL(pwrite64)(fd, bytes, n, at);
  return errno != 0 ? -1 : REAL(pwrite64)(fd, bytes, (n + 1) / 2, at);
}
ssize_t pwrite(int fd, const void* bytes, size_t n, off_t at) { return pwrite64(fd, bytes, n, at); }

ssize_t pread64(int fd, void* bytes, size_t n, off64_t at) {
  if (!FAILS("pread", fd)) return REAL(pread64)(fd, bytes, n, at);
  return errno != 0 ? -1 : REAL(pread64)(fd, bytes, (n + 1) / 2, at);
}
ssize_t pread(int fd, void* bytes, size_t n, off_t at) { return pread64(fd, bytes, n, at); }

int ftruncate64(int fd, off64_t size) { return FAILS("ftruncate", fd) ? -1 : REAL(ftruncate64)(fd, size); }
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int fallocate64(int fd, int mode, off64_t at, off64_t n) {
  return FAILS("fallocate", fd) ? -1 : REAL(fallocate64)(fd, mode, at, n);
}
int fallocate(int fd, int mode, off_t at, off_t n) { return fallocate64(fd, mode, at, n); }

int fsync(int fd) { return FAILS("sync", fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return FAILS("sync", fd) ? -1 : REAL(fdatasync)(fd); }

int fcntl64(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  void* argument = va_arg(list, void*);
  va_end(list);
  const int locks = command == F_OFD_SETLK || command == F_OFD_GETLK;
  return locks && FAILS("fcntl", fd) ? -1 : REAL(fcntl64)(fd, command, argument);
}
int fcntl(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  void* argument = va_arg(list, void*);
  va_end(list);
  return fcntl64(fd, command, argument);
}

int close(int fd) {
  const int fails = FAILS("close", fd);
  const int code = errno;
  const int result = REAL(close)(fd);
  if (!fails) return result;
  errno = code;
  return -1;
}

#define FAILS_AT(path) (is_kind("rename") && is_at_path(path) && is_next())
int rename(const char* from, const char* to) { return FAILS_AT(to) ? -1 : REAL(rename)(from, to); }
int renameat2(int a, const char* from, int b, const char* to, unsigned flags) {
  return FAILS_AT(to) ? -1 : REAL(renameat2)(a, from, b, to, flags);
}

/* As a session ends, but for its temporary folder, which a forked child shares with others. */
void end_session(void) { exit(0); }
