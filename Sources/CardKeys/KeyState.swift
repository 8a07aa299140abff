// SPDX-License-Identifier: Apache-2.0
public import CardCrypto

/// A change of state that the life of a key does not have.
public struct KeyTransitionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key.
    public let id: KeyID
    /// Where it is in its life.
    public let from: KeyState
    /// Where it was to go.
    public let to: KeyState

    /// One sentence.
    public var description: String { "Key \(id) is \(from) and cannot become \(to)." }
}

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

    /// Whether a key in this state may go to `next`. No state may go to itself.
    ///
    /// Source: NIST SP 800-57 Part 1 Rev. 5, section 7. It destroys a key that seals only after it
    /// was deactivated or compromised.
    public func mayBecome(_ next: KeyState) -> Bool {
        let successors: [KeyState] =
            switch self {
            case .preActivation: [.active, .compromised, .destroyed]
            case .active: [.suspended, .deactivated, .compromised]
            case .suspended: [.active, .deactivated, .compromised]
            case .deactivated: [.compromised, .destroyed]
            case .compromised: [.destroyed]
            case .destroyed: []
            }
        return successors.contains(next)
    }
}
