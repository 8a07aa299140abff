// SPDX-License-Identifier: Apache-2.0

/// The identifier of a key, which commits to the key, its purpose and its suite: 32 bytes, public.
///
/// `BLAKE2b-256(key: the key, frame("card-vault/1 key id", purpose, suite))`. A sealed box names
/// its key by it, so that no box opens under two keys although the ciphers do not commit.
public struct KeyID: Hashable, Sendable, CustomStringConvertible {
    /// Bytes in an identifier: 32.
    public static let byteCount = 32

    /// The 32 bytes.
    public let bytes: [UInt8]

    /// Takes 32 bytes; nil for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads 64 lower-case hexadecimal digits; nil for anything else.
    public init?(hex: String) {
        guard let bytes = Hexadecimal.parse(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// The identifier of `key` used for `purpose` with `suite`.
    public static func of(_ key: Span<UInt8>, purpose: KeyPurpose, suite: Suite) -> KeyID {
        var frame = Frame("card-vault/1 key id", capacity: 64)
        frame.append(purpose.rawValue)
        frame.append(suite.rawValue)
        var digest = [UInt8](repeating: 0, count: byteCount)
        var span = digest.mutableSpan
        Sodium.blake2b(frame.bytes.span, key: key, into: &span)
        return KeyID(verified: digest)
    }

    /// Takes bytes that are known to be 32.
    /// The id that a row of a store names; where that is none, one that is no key's.
    package init(ofRow bytes: [UInt8]) {
        let isID = bytes.count == Self.byteCount
        self.init(verified: isID ? bytes : [UInt8](repeating: 0, count: Self.byteCount))
    }

    init(verified bytes: [UInt8]) {
        precondition(bytes.count == Self.byteCount)
        self.bytes = bytes
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.print(bytes) }
}
