// SPDX-License-Identifier: Apache-2.0
// Preloaded into the tool: kills the process just before its n-th call that touches the disk, counted over
// all threads, or lets that call fail. CARD_VAULT_KILL_AT=n says which, CARD_VAULT_KILL_ERROR=errno that it
// fails instead. The file that CARD_VAULT_KILL_LOG names gets a line for each call: its name and its file.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;
static long kill_at;
static int error_code;
static int log_file = -1;

static long number(const char *name) {
  const char *text = getenv(name);
  return text == NULL ? 0 : atol(text);
}

__attribute__((constructor)) static void begin(void) {
  kill_at = number("CARD_VAULT_KILL_AT");
  error_code = (int)number("CARD_VAULT_KILL_ERROR");
  const char *path = getenv("CARD_VAULT_KILL_LOG");
  if (path != NULL) log_file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

// The real function behind a name, looked up once.
#define REAL(name) \
  static __typeof__(&name) real; \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static void note(const char *call, const char *path) {
  char line[PATH_MAX + 32];
  int size = snprintf(line, sizeof line, "%s %s\n", call, path);
  __typeof__(&write) real = (__typeof__(&write))dlsym(RTLD_NEXT, "write");
  if (real(log_file, line, (size_t)size) < 0) abort();
}

// Counts a call on a path. Says whether it is to fail.
static int fails(const char *call, const char *path) {
  long place = atomic_fetch_add(&calls, 1) + 1;
  if (log_file >= 0) note(call, path);
  if (place != kill_at) return 0;
  if (error_code == 0) kill(getpid(), SIGKILL);
  errno = error_code;
  return 1;
}

static int file_fails(const char *call, int file) {
  char link[64], path[PATH_MAX] = "?";
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  if (log_file >= 0) {
    ssize_t size = readlink(link, path, sizeof path - 1);
    path[size < 0 ? 0 : size] = 0;
  }
  return fails(call, path);
}

ssize_t write(int file, const void *bytes, size_t size) {
  REAL(write);
  struct stat status;
  // What is said to a person or a pipe is nobody's state.
  int is_counted = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  if (is_counted && file_fails("write", file)) return -1;
  return real(file, bytes, size);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
  REAL(pwrite);
  return file_fails("pwrite", file) ? -1 : real(file, bytes, size, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) {
  REAL(pwrite64);
  return file_fails("pwrite", file) ? -1 : real(file, bytes, size, offset);
}

int fsync(int file) {
  REAL(fsync);
  return file_fails("fsync", file) ? -1 : real(file);
}

int fdatasync(int file) {
  REAL(fdatasync);
  return file_fails("fdatasync", file) ? -1 : real(file);
}

int ftruncate(int file, off_t size) {
  REAL(ftruncate);
  return file_fails("ftruncate", file) ? -1 : real(file, size);
}

int ftruncate64(int file, off64_t size) {
  REAL(ftruncate64);
  return file_fails("ftruncate", file) ? -1 : real(file, size);
}

int rename(const char *from, const char *to) {
  REAL(rename);
  return fails("rename", to) ? -1 : real(from, to);
}

int unlink(const char *path) {
  REAL(unlink);
  return fails("unlink", path) ? -1 : real(path);
}

int link(const char *from, const char *to) {
  REAL(link);
  return fails("link", to) ? -1 : real(from, to);
}
