// SPDX-License-Identifier: Apache-2.0
#include "CMemcheck.h"

#include "valgrind_headers.h"

#include <time.h>

static size_t released_count;

void memcheck_mark(void *bytes, size_t count) {
  (void)VALGRIND_MAKE_MEM_UNDEFINED(bytes, count);
}

void memcheck_release(const void *bytes, size_t count) {
  const unsigned char *byte = bytes;
  for (size_t i = 0; i < count; i++) {
    unsigned char undefined_bits = 0;
    (void)VALGRIND_GET_VBITS(byte + i, &undefined_bits, 1);
    if (undefined_bits != 0) released_count++;
  }
  (void)VALGRIND_MAKE_MEM_DEFINED(bytes, count);
}

size_t memcheck_released_count(void) { return released_count; }

uint64_t memcheck_cycles(void) {
#ifdef __x86_64__
  uint32_t low, high;
  __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high)::"memory");
  return (uint64_t)high << 32 | low;
#else
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
#endif
}
