// SPDX-License-Identifier: Apache-2.0
// Preloaded into the tool: kills the process just before its n-th call that touches the disk, counted over
// all threads. CARD_VAULT_KILL_AT=n says which; without it nothing is killed, and the number of calls is
// written to the file that CARD_VAULT_KILL_COUNT names when the process ends.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;
static long kill_at;

__attribute__((constructor)) static void begin(void) {
  const char *text = getenv("CARD_VAULT_KILL_AT");
  kill_at = text == NULL ? 0 : atol(text);
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("CARD_VAULT_KILL_COUNT");
  FILE *file = path == NULL ? NULL : fopen(path, "w");
  if (file == NULL) return;
  fprintf(file, "%ld\n", atomic_load(&calls));
  fclose(file);
}

static void count(void) {
  if (atomic_fetch_add(&calls, 1) + 1 == kill_at) kill(getpid(), SIGKILL);
}

// The real function behind a name, looked up once.
#define REAL(name) \
  static __typeof__(&name) real; \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t size) {
  REAL(write);
  struct stat status;
  // What is said to a person or a pipe is nobody's state.
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) count();
  return real(file, bytes, size);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
  REAL(pwrite);
  count();
  return real(file, bytes, size, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) {
  REAL(pwrite64);
  count();
  return real(file, bytes, size, offset);
}

int fsync(int file) {
  REAL(fsync);
  count();
  return real(file);
}

int fdatasync(int file) {
  REAL(fdatasync);
  count();
  return real(file);
}

int ftruncate(int file, off_t size) {
  REAL(ftruncate);
  count();
  return real(file, size);
}

int ftruncate64(int file, off64_t size) {
  REAL(ftruncate64);
  count();
  return real(file, size);
}

int rename(const char *from, const char *to) {
  REAL(rename);
  count();
  return real(from, to);
}

int unlink(const char *path) {
  REAL(unlink);
  count();
  return real(path);
}

int link(const char *from, const char *to) {
  REAL(link);
  count();
  return real(from, to);
}
