// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory

/// A 256-bit key that authenticates the store's key sets and vault-wide rows.
public struct SealKey: ~Copyable, Sendable {
    /// The key's id.
    public let id: KeyID
    private let mac: HMACSHA256

    /// Puts a key to its use.
    ///
    /// - Parameter material: a key of purpose `seal` and suite 16; any other is a programming
    ///   error.
    public init(_ material: consuming KeyMaterial) {
        precondition(
            material.purpose == .seal && material.suite == .hmacSHA256,
            "only a seal key authenticates rows")
        id = material.id
        mac = material.secret.withBytes { HMACSHA256(key: $0) }
    }

    /// The code of a framed row: HMAC-SHA-256, 32 bytes.
    public borrowing func code(for row: Frame) -> [UInt8] { mac.code(for: row.bytes.span) }

    /// Whether `code` is the code of a framed row.
    public borrowing func verifies(_ code: [UInt8], for row: Frame) -> Bool {
        mac.verifies(code, for: row.bytes.span)
    }
}
