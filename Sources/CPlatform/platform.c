// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/random.h>
#endif

int card_vault_deny_dump(void) {
#ifdef __linux__
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
#else
  return 0;
#endif
}

int card_vault_no_core(void) {
  struct rlimit none = {0, 0};
  return setrlimit(RLIMIT_CORE, &none) == 0 ? 0 : errno;
}

void card_vault_default_fatal_signals(void) {
  const int fatal[] = {SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP, SIGSYS};
  for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) signal(fatal[i], SIG_DFL);
}

uint64_t card_vault_lock_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return 0;
  return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : (uint64_t)limit.rlim_cur;
}

int card_vault_lock_all(void) {
  return mlockall(MCL_CURRENT | MCL_FUTURE) == 0 ? 0 : errno;
}

int card_vault_system_random(void *bytes, size_t count) {
#ifdef __linux__
  unsigned char *next = bytes;
  while (count > 0) {
    ssize_t got = getrandom(next, count, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    next += got;
    count -= (size_t)got;
  }
#else
  arc4random_buf(bytes, count);
#endif
  return 0;
}

// A clock set to before 1970 reads as 1970: a negative time would turn into a far future.
static uint64_t milliseconds(clockid_t clock) {
  struct timespec now = {0, 0};
  if (clock_gettime(clock, &now) != 0 || now.tv_sec < 0) return 0;
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t card_vault_monotonic_milliseconds(void) { return milliseconds(CLOCK_MONOTONIC); }
uint64_t card_vault_wall_milliseconds(void) { return milliseconds(CLOCK_REALTIME); }

int card_vault_try_lock(int descriptor) {
  int result;
  do result = flock(descriptor, LOCK_EX | LOCK_NB);
  while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : errno;
}

int card_vault_unlock(int descriptor) { return flock(descriptor, LOCK_UN) == 0 ? 0 : errno; }

int card_vault_sync(int descriptor) {
  int result;
  do
#ifdef __APPLE__
    result = fcntl(descriptor, F_FULLFSYNC);
#else
    result = fsync(descriptor);
#endif
  while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : errno;
}
