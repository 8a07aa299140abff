// SPDX-License-Identifier: Apache-2.0

/// The name of a scope, the merchant or tenant a card belongs to: 1 to 64 bytes of `a-z 0-9 . _ -`.
public struct ScopeID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// How many scopes a keyring holds at most: 16,384.
    public static let limit = 16_384

    private let text: String

    /// Takes a name; nil when it is empty, too long or holds any other byte.
    public init?(_ text: String) {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(Self.allows) else {
            return nil
        }
        self.text = text
    }

    /// The name.
    public var description: String { text }

    /// The order of the bytes.
    public static func < (a: ScopeID, b: ScopeID) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
