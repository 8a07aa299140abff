// SPDX-License-Identifier: Apache-2.0

/// Why a box could not be opened.
public enum OpenError: Error, Equatable, CustomStringConvertible {
    /// Too few bytes for a box, or not as many as the record has.
    case wrongSize(count: Int)
    /// The version byte is not 1.
    case unknownVersion(UInt8)
    /// The suite byte is not that of the key.
    case wrongSuite(UInt8)
    /// The box names another key.
    case wrongKey(KeyID)
    /// The tag did not verify: wrong key, altered bytes, or moved to another record.
    case notAuthentic

    /// One sentence, without any content.
    public var description: String {
        switch self {
        case .wrongSize(let count): "A box of \(count) bytes has no valid size."
        case .unknownVersion(let version): "A box has the unknown version \(version)."
        case .wrongSuite(let suite): "A box has suite \(suite), which is not its key's."
        case .wrongKey(let id): "A box is sealed by another key, \(id)."
        case .notAuthentic: "A box does not verify."
        }
    }
}

/// The first 34 bytes of a travelling box: version (1) ‖ suite (1) ‖ key id (32).
struct BoxHeader {
    static let byteCount = 2 + KeyID.byteCount
    static let version: UInt8 = 1

    let bytes: [UInt8]

    init(suite: Suite, keyID: KeyID) { bytes = [Self.version, suite.rawValue] + keyID.bytes }
}

/// A box as it travels, naming its key.
///
/// `version (1) = 1 ‖ suite (1) ‖ key id (32) ‖ nonce (24) ‖ ciphertext (n) ‖ tag (16)`: 74 bytes
/// more than the plaintext. A store keeps the shorter form `suite ‖ nonce ‖ ciphertext ‖ tag`
/// beside the number of the key; ``StoredBox`` gives its sizes.
public struct SealedBox: Sendable {
    /// Bytes that a box adds to its plaintext: 74.
    public static let overhead = BoxHeader.byteCount + StoredBox.overhead - 1

    /// The suite that sealed it.
    public let suite: Suite
    /// The key that sealed it.
    public let keyID: KeyID
    /// `suite ‖ nonce ‖ ciphertext ‖ tag`.
    public let stored: [UInt8]

    /// Joins a stored box with the id of its key.
    init(stored: [UInt8], suite: Suite, keyID: KeyID) {
        self.stored = stored
        self.suite = suite
        self.keyID = keyID
    }

    /// Parses the travelling form completely, before any key is used.
    ///
    /// - Throws: ``OpenError/wrongSize(count:)``, ``OpenError/unknownVersion(_:)`` or
    ///   ``OpenError/wrongSuite(_:)``.
    public init(_ bytes: [UInt8]) throws(OpenError) {
        guard bytes.count >= Self.overhead else { throw .wrongSize(count: bytes.count) }
        guard bytes[0] == BoxHeader.version else { throw .unknownVersion(bytes[0]) }
        guard let suite = Suite(rawValue: bytes[1]), suite.sealsBoxes else {
            throw .wrongSuite(bytes[1])
        }
        self.suite = suite
        self.keyID = KeyID(verified: Array(bytes[2..<BoxHeader.byteCount]))
        self.stored = [suite.rawValue] + bytes[BoxHeader.byteCount...]
    }

    /// The travelling form.
    public var bytes: [UInt8] {
        BoxHeader(suite: suite, keyID: keyID).bytes + stored.dropFirst()
    }
}

/// The sizes of a box in the store: `suite (1) ‖ nonce (24) ‖ ciphertext (n) ‖ tag (16)`.
public enum StoredBox {
    /// Bytes in a nonce: 24, drawn at random for every box.
    public static let nonceByteCount = 24
    /// Bytes that a stored box adds to its plaintext: 41.
    public static let overhead = 1 + nonceByteCount + 16
}
