// SPDX-License-Identifier: Apache-2.0
// What a program tells memcheck of its secrets. Outside valgrind every call does nothing.
#ifndef CMEMCHECK_H
#define CMEMCHECK_H

#include <stddef.h>
#include <stdint.h>

/// Marks bytes as undefined: from here on memcheck reports each jump and each address that depends
/// on one of them.
void memcheck_mark(void *bytes, size_t count);

/// Marks bytes as defined, and counts those that were not.
void memcheck_release(const void *bytes, size_t count);

/// Whether what the system generator gives is marked: keys are, from their first moment.
void memcheck_mark_random(int is_marked);

/// How many bytes that depended on a secret were released, by the program and by the wrappers.
size_t memcheck_released_count(void);

/// Processor cycles, read after everything before has been done.
uint64_t memcheck_cycles(void);

#endif
