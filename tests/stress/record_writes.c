/* Preloaded: keeps what a process does to files whose path has RECORD_MATCH, in the file RECORD, as long as that is set. An
 * entry is five doubles (kind, file, offset, size, other) and, of a write, its bytes. Kinds: w write, t truncate, a allocate,
 * p punch, b a sync begins, s it is done, r `file` takes the name of `other`, u unlink, d names are on the disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "path_of.h"

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static const char* record(void) { return getenv("RECORD"); }

static int is_wanted(const char* path) {
  const char* part = getenv("RECORD_MATCH");
  return record() != NULL && part != NULL && strstr(path, part) != NULL;
}

static int is_wanted_fd(int fd) {
  char path[4096];
  return record() != NULL && path_of(fd, path, sizeof path) && is_wanted(path);
}

static double number_of(const char* path) {
  struct stat status;
  const int before = errno;
  const double number = stat(path, &status) == 0 ? (double)status.st_ino : 0;
  errno = before;
  return number;
}

static double number_of_fd(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 ? (double)status.st_ino : 0;
}

static void put(const void* bytes, size_t n, int log) {
  while (n > 0) {
    const ssize_t written = syscall(SYS_write, log, bytes, n);
    if (written <= 0) abort();
    bytes = (const char*)bytes + written;
    n -= (size_t)written;
  }
}

static void keep(char kind, double file, double offset, double size, double other, const void* bytes) {
  const double entry[5] = {kind, file, offset, size, other};
  const int before = errno;
  const int log = open(record(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  put(entry, sizeof entry, log);
  if (bytes != NULL) put(bytes, (size_t)size, log);
  close(log);
  errno = before;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Kept in the order in which they are done. */
#define DO_AND_KEEP(result_type, call, done, kind, offset, size, bytes) \
  if (!is_wanted_fd(fd)) return call;                                   \
  pthread_mutex_lock(&one_at_a_time);                                   \
  const result_type result = call;                                      \
  if (done) keep(kind, number_of_fd(fd), offset, size, 0, bytes);       \
  pthread_mutex_unlock(&one_at_a_time);                                 \
  return result;

ssize_t pwrite64(int fd, const void* bytes, size_t n, off64_t at) {
  DO_AND_KEEP(ssize_t, REAL(pwrite64)(fd, bytes, n, at), result > 0, 'w', (double)at, (double)result, bytes)
}
ssize_t pwrite(int fd, const void* bytes, size_t n, off_t at) { return pwrite64(fd, bytes, n, at); }

int ftruncate64(int fd, off64_t size) {
  DO_AND_KEEP(int, REAL(ftruncate64)(fd, size), result == 0, 't', (double)size, 0, NULL)
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int fallocate64(int fd, int mode, off64_t at, off64_t n) {
  DO_AND_KEEP(int, REAL(fallocate64)(fd, mode, at, n), result == 0, mode == 0 ? 'a' : 'p', (double)at, (double)n, NULL)
}
int fallocate(int fd, int mode, off_t at, off_t n) { return fallocate64(fd, mode, at, n); }

static int is_folder(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

static void keep_alone(char kind, double file) {
  pthread_mutex_lock(&one_at_a_time);
  keep(kind, file, 0, 0, 0, NULL);
  pthread_mutex_unlock(&one_at_a_time);
}

static int sync_with(int (*real)(int), int fd) {
  const int folder = record() != NULL && is_folder(fd);
  if (!folder && !is_wanted_fd(fd)) return real(fd);
  const double file = number_of_fd(fd);
  if (!folder) keep_alone('b', file);
  const int result = real(fd);
  if (result == 0) keep_alone(folder ? 'd' : 's', file);
  return result;
}
int fsync(int fd) { return sync_with(REAL(fsync), fd); }
int fdatasync(int fd) { return sync_with(REAL(fdatasync), fd); }

#define NAME_AND_KEEP(call)                              \
  if (!is_wanted(to)) return call;                       \
  pthread_mutex_lock(&one_at_a_time);                    \
  const double file = number_of(from);                   \
  const double replaced = number_of(to);                 \
  const int result = call;                               \
  if (result == 0) keep('r', file, 0, 0, replaced, NULL); \
  pthread_mutex_unlock(&one_at_a_time);                  \
  return result;

int rename(const char* from, const char* to) { NAME_AND_KEEP(REAL(rename)(from, to)) }
int renameat2(int a, const char* from, int b, const char* to, unsigned flags) {
  NAME_AND_KEEP(REAL(renameat2)(a, from, b, to, flags))
}
int link(const char* from, const char* to) { NAME_AND_KEEP(REAL(link)(from, to)) }

int unlink(const char* path) {
  if (!is_wanted(path)) return REAL(unlink)(path);
  pthread_mutex_lock(&one_at_a_time);
  const double file = number_of(path);
  const int result = REAL(unlink)(path);
  if (result == 0) keep('u', file, 0, 0, 0, NULL);
  pthread_mutex_unlock(&one_at_a_time);
  return result;
}
