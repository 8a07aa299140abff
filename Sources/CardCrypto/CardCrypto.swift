// SPDX-License-Identifier: Apache-2.0

// Bytes in, sealed bytes out.
//
// Nothing here knows what a card is. Ciphers, hashes and codes are libsodium's and libcrypto's;
// this module fixes which, with which sizes, over which associated data.
