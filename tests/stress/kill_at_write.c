/* Preloaded: kills the process when it is about to change a file for the KILL_AT-th time. With KILL_TORN a write that
 * crosses the border of a page is done up to there first, which is all that a dying process can leave of it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static long n_changes = 0;

static int is_last(void) {
  const char* at = getenv("KILL_AT");
  return at != NULL && ++n_changes == atol(at);
}

static void die(void) { kill(getpid(), SIGKILL); }

ssize_t pwrite64(int fd, const void* bytes, size_t n, off_t offset) {
  ssize_t (*real)(int, const void*, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite64");
  if (is_last()) {
    const size_t to_border = 4096 - offset % 4096;
    if (getenv("KILL_TORN") != NULL && to_border < n) real(fd, bytes, to_border, offset);
    die();
  }
  return real(fd, bytes, n, offset);
}

ssize_t pwrite(int fd, const void* bytes, size_t n, off_t offset) { return pwrite64(fd, bytes, n, offset); }

#define KILL_BEFORE(name, parameters, arguments)            \
  int name parameters {                                     \
    int(*real) parameters = dlsym(RTLD_NEXT, #name);        \
    if (is_last()) die();                                   \
    return real arguments;                                  \
  }

KILL_BEFORE(ftruncate64, (int fd, off_t size), (fd, size))
KILL_BEFORE(ftruncate, (int fd, off_t size), (fd, size))
KILL_BEFORE(rename, (const char* from, const char* to), (from, to))
KILL_BEFORE(link, (const char* from, const char* to), (from, to))
KILL_BEFORE(unlink, (const char* path), (path))
