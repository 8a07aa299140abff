// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// The name of a hold: 16 random bytes, public. A handle has the same bytes and a secret.
public struct HoldID: Hashable, Sendable, CustomStringConvertible {
    /// Bytes in an id: 16.
    public static let byteCount = 16

    /// The 16 bytes.
    public let bytes: [UInt8]

    /// Takes 16 bytes; nil for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.print(bytes) }
}
