// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto

/// The name of a registered copy of a keyring: 8 random bytes.
public struct CopyID: Hashable, Sendable, CustomStringConvertible {
    /// Bytes in a name: 8.
    public static let byteCount = 8

    let bytes: [UInt8]

    /// Reads the 11 characters that ``description`` gives; nil for anything else.
    public init?(_ text: String) {
        guard let bytes = Base64URL.parse(text.utf8), bytes.count == Self.byteCount else {
            return nil
        }
        self.bytes = bytes
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// A new random name. None begins with a hyphen: people type it as an argument.
    static func random() -> CopyID {
        while true {
            let id = CopyID(bytes: Random.bytes(count: byteCount))
            if !id.description.hasPrefix("-") { return id }
        }
    }

    /// The bytes in base 64 with the URL-safe alphabet, 11 characters, as in the file.
    public var description: String { Base64URL.print(bytes) }
}

/// A copy of the keyring that was exported. Who has it, and the secret of one of its slots, has
/// every key that the keyring had then.
public struct KeyringCopy: Hashable, Sendable {
    /// How many copies a keyring registers at most: 1,024.
    public static let limit = 1_024

    /// Its name in the register.
    public let id: CopyID
    /// When it was made.
    public let created: Timestamp
    /// The generation of the keyring that it is a copy of.
    public internal(set) var generation: UInt64
    /// When somebody confirmed that it was destroyed; nil while nobody has.
    public internal(set) var destroyed: Timestamp?
}
