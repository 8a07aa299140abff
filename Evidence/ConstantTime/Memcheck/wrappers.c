// SPDX-License-Identifier: Apache-2.0
// Tells memcheck where a secret begins and where it ends, without a word of it in the library.
//
// valgrind sends each call of a function named below to its wrapper here; outside valgrind nothing
// calls one. So the code under test is the code that ships. What is wrapped: the two functions by
// which the library says that something becomes public, the two of libsodium whose results are
// public, and the source of keys.
#include "CMemcheck.h"

#include "valgrind_headers.h"

static int is_random_marked;

void memcheck_mark_random(int is_marked) { is_random_marked = is_marked; }

#ifdef I_WRAP_SONAME_FNNAME_ZU

// The wrappers have names that only valgrind knows, so the linker must be told to keep them.
#define WRAPPER __attribute__((used, retain)) unsigned long

// Choice.declassify() -> Bool: a verdict.
WRAPPER I_WRAP_SONAME_FNNAME_ZU(NONE, $s12ConstantTime6ChoiceV10declassifySbyF)(
    unsigned long bit) {
  OrigFn original;
  unsigned long verdict;
  VALGRIND_GET_ORIG_FN(original);
  CALL_FN_W_W(verdict, original, bit);
  memcheck_release(&verdict, 1);
  (void)VALGRIND_MAKE_MEM_DEFINED(&verdict, sizeof verdict);
  return verdict;
}

// declassify(UInt32) -> UInt32: digits that a truncation keeps, a key's check value.
WRAPPER I_WRAP_SONAME_FNNAME_ZU(NONE, $s12ConstantTime10declassifyys6UInt32VADF)(
    unsigned long word) {
  OrigFn original;
  unsigned long digits;
  VALGRIND_GET_ORIG_FN(original);
  CALL_FN_W_W(digits, original, word);
  memcheck_release(&digits, 4);
  (void)VALGRIND_MAKE_MEM_DEFINED(&digits, sizeof digits);
  return digits;
}

// The verdict on a tag of XChaCha20-Poly1305 is made here; libsodium branches on it next.
WRAPPER I_WRAP_SONAME_FNNAME_ZU(libsodiumZdsoZa, crypto_verify_16)(
    unsigned long a, unsigned long b) {
  OrigFn original;
  unsigned long verdict;
  VALGRIND_GET_ORIG_FN(original);
  CALL_FN_W_WW(verdict, original, a, b);
  memcheck_release(&verdict, 4);
  (void)VALGRIND_MAKE_MEM_DEFINED(&verdict, sizeof verdict);
  return verdict;
}

// BLAKE2b makes the ids of keys and nothing else; an id is public.
WRAPPER I_WRAP_SONAME_FNNAME_ZU(libsodiumZdsoZa, crypto_generichash)(
    unsigned long out, unsigned long out_count, unsigned long in, unsigned long in_count,
    unsigned long key, unsigned long key_count) {
  OrigFn original;
  unsigned long failure;
  VALGRIND_GET_ORIG_FN(original);
  CALL_FN_W_6W(failure, original, out, out_count, in, in_count, key, key_count);
  memcheck_release((void *)out, out_count);
  return failure;
}

// The system generator, as the library asks for it.
WRAPPER I_WRAP_SONAME_FNNAME_ZU(NONE, card_vault_system_random)(
    unsigned long out, unsigned long count) {
  OrigFn original;
  unsigned long failure;
  VALGRIND_GET_ORIG_FN(original);
  CALL_FN_W_WW(failure, original, out, count);
  if (is_random_marked) memcheck_mark((void *)out, count);
  return failure;
}

#endif
