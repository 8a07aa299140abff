// SPDX-License-Identifier: Apache-2.0
// What the operating system offers and Swift's C import cannot reach: prctl, rlimits, pages that a
// fork wipes.
#ifndef CARD_VAULT_PLATFORM_H
#define CARD_VAULT_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

/// Makes the process undumpable (Linux: PR_SET_DUMPABLE 0; macOS: PT_DENY_ATTACH is not used).
/// Returns 0, or errno. Where the system has no such switch, returns 0.
int card_vault_deny_dump(void);

/// Sets the soft and hard limits of core dumps to 0. Returns 0, or errno.
int card_vault_no_core(void);

/// Puts the fatal signals back to their default actions, so that no handler prints memory.
void card_vault_default_fatal_signals(void);

/// The soft limit of locked memory in bytes; UINT64_MAX where there is none.
uint64_t card_vault_lock_limit(void);

/// Locks every present and future page of the process. Returns 0, or errno.
int card_vault_lock_all(void);

/// `byte_count` zero bytes, at least 1, in pages of their own, that a forked child finds filled with
/// zeros again. NULL when memory is out or the system cannot.
void *card_vault_page_wiped_on_fork(size_t byte_count);

/// Gives back what `card_vault_page_wiped_on_fork` gave for as many bytes.
void card_vault_page_free(void *page, size_t byte_count);

/// Fills `bytes` from the system generator. Returns 0, or errno.
int card_vault_system_random(void *bytes, size_t count);

/// Milliseconds of the monotonic clock.
uint64_t card_vault_monotonic_milliseconds(void);

/// Milliseconds since 1970-01-01 00:00 UTC; 0 for a clock set to before it.
uint64_t card_vault_wall_milliseconds(void);

/// Takes the exclusive lock of a whole file without waiting. Returns 0, EWOULDBLOCK or errno.
int card_vault_try_lock(int descriptor);

/// Gives the lock of a whole file back. Returns 0, or errno.
int card_vault_unlock(int descriptor);

/// Makes what was written to `descriptor` durable (macOS: F_FULLFSYNC). Returns 0, or errno.
int card_vault_sync(int descriptor);

#endif
