// SPDX-License-Identifier: Apache-2.0

/// What a key is for. One key, one use (NIST SP 800-57 Part 1, section 5.2).
///
/// The raw value is the name in key identifiers, files and listings.
public enum KeyPurpose: String, Sendable, CaseIterable, CustomStringConvertible {
    /// Made from a custodian's secret; wraps the root key in a custody slot.
    case slot
    /// Made from the root key; wraps the keys of the keyring file.
    case wrap
    /// One per scope (KEK); wraps the scope's keys in the store.
    case scope
    /// Seals sensitive authentication data until authorization.
    case hold
    /// Authenticates the audit chain.
    case audit
    /// Authenticates the store's key sets and vault-wide rows.
    case seal
    /// Seals the cards of a scope (DEK).
    case data
    /// Makes the search fingerprints of a scope's cards.
    case fingerprint
    /// Makes format-preserving tokens of a scope's cards.
    case token

    /// The name.
    public var description: String { rawValue }

    /// Whether the store, not the keyring file, holds keys of this purpose.
    public var isStoreHeld: Bool { self == .data || self == .fingerprint || self == .token }
}
