// SPDX-License-Identifier: Apache-2.0

/// The random identifier of a vault: 16 bytes, public, in the keyring file and in the store.
public struct VaultID: Hashable, Sendable, CustomStringConvertible {
    /// Bytes in an identifier: 16.
    public static let byteCount = 16

    /// The 16 bytes.
    public let bytes: [UInt8]

    /// Takes 16 bytes; nil for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads 32 lower-case hexadecimal digits; nil for anything else.
    public init?(hex: String) {
        guard let bytes = Hexadecimal.parse(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// A new random identifier.
    public static func random() -> VaultID {
        VaultID(verified: Random.bytes(count: byteCount))
    }

    private init(verified bytes: [UInt8]) { self.bytes = bytes }

    /// 32 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.print(bytes) }
}
