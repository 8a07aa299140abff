// SPDX-License-Identifier: Apache-2.0

// Facts about cards: PAN, BIN, Luhn, expiry, service code, display forms, tracks, verification
// codes.
//
// It knows no cipher and no vault. Digits of a card live in wiped cells and are lent for one call;
// what may be seen (BIN, brand, last four, display digits) is a value of its own type that a PAN
// makes.
