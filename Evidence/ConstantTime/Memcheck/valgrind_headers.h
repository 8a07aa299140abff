// SPDX-License-Identifier: Apache-2.0
// valgrind's client requests, or nothing where valgrind is not installed: timing needs none of it.
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define VALGRIND_MAKE_MEM_UNDEFINED(bytes, count) 0
#define VALGRIND_MAKE_MEM_DEFINED(bytes, count) 0
#define VALGRIND_GET_VBITS(bytes, bits, count) 0
#endif
