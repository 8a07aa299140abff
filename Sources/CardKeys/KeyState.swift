// SPDX-License-Identifier: Apache-2.0

/// Where a key is in its life (NIST SP 800-57 Part 1 Rev. 5, section 7). The raw value is the name
/// in files and listings.
public enum KeyState: String, Sendable, CaseIterable, CustomStringConvertible {
    /// Made, and not in use yet.
    case preActivation = "pre-activation"
    /// Seals and opens.
    case active
    /// Opens; may become active again.
    case suspended
    /// Opens what it sealed, and seals no more.
    case deactivated
    /// Opens, each use reported: somebody else may hold it.
    case compromised
    /// Its bytes are gone; what is known of it stays.
    case destroyed

    /// The name.
    public var description: String { rawValue }

    /// Whether a key in this state may seal.
    public var seals: Bool { self == .active }
    /// Whether a key in this state may open.
    public var opens: Bool { self != .preActivation && self != .destroyed }
}
