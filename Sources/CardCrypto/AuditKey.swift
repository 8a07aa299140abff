// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory

/// A 256-bit key that chains the entries of the audit log.
public struct AuditKey: ~Copyable, Sendable {
    /// Bytes in a head: 32.
    public static let headByteCount = HMACSHA256.codeByteCount

    /// The key's id.
    public let id: KeyID
    private let mac: HMACSHA256

    /// Puts a key to its use.
    ///
    /// - Parameter material: a key of purpose `audit` and suite 16; any other is a programming
    ///   error.
    public init(_ material: consuming KeyMaterial) {
        precondition(
            material.purpose == .audit && material.suite == .hmacSHA256,
            "only an audit key chains entries")
        id = material.id
        mac = material.secret.withBytes { HMACSHA256(key: $0) }
    }

    /// The head of the chain once `entry` is its last:
    /// `HMAC-SHA-256(key, frame("card-vault/1 audit", vault id, entry))`, 32 bytes.
    public borrowing func head(of entry: [UInt8], in vault: VaultID) -> [UInt8] {
        var frame = Frame("card-vault/1 audit", capacity: 64 + entry.count)
        frame.append(vault.bytes)
        frame.append(entry)
        return mac.code(for: frame.bytes.span)
    }
}
