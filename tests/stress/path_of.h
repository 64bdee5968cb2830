/* The path of an open file, for what stands between a program and the system. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* Whether it has one; `errno` stays what it was. */
static int path_of(int fd, char* path, size_t size) {
  char link[64];
  const int before = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t n = readlink(link, path, size - 1);
  errno = before;
  if (n < 0) return 0;
  path[n] = '\0';
  return 1;
}
