// SPDX-License-Identifier: Apache-2.0

/// The SHA-256 of a file (FIPS 180-4): 32 bytes, as `sha256sum` prints them.
public struct Checksum: Hashable, Sendable, CustomStringConvertible {
    private let bytes: [UInt8]

    /// Reads what `next` gives, piece by piece, until it gives nil.
    public init<E: Error>(_ next: () throws(E) -> [UInt8]?) throws(E) {
        bytes = try Sodium.sha256(next)
    }

    /// Reads 64 lower-case hexadecimal digits; nil for anything else.
    public init?(hex: String) {
        guard let bytes = Hexadecimal.parse(hex), bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.print(bytes) }
}
