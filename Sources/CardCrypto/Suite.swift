// SPDX-License-Identifier: Apache-2.0

/// What a key does, fixed when the key is made. The raw value is the byte in a sealed box.
public enum Suite: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    /// XChaCha20-Poly1305 (libsodium): seals on every machine, and wraps every key.
    case xchacha20Poly1305 = 1
    /// XAES-256-GCM (C2SP): seals where the processor has AES instructions, at twice the speed.
    case xaes256GCM = 2
    /// HMAC-SHA-256 (FIPS 198-1): fingerprints, holds, the audit chain, the rows of the store.
    case hmacSHA256 = 16
    /// FF1 with AES-256 (SP 800-38G): tokens without a store.
    case ff1AES256 = 17

    /// The suite that seals cards fastest on this machine without software AES.
    public static var preferred: Suite { Sodium.hasAES ? .xaes256GCM : .xchacha20Poly1305 }

    /// Whether keys of this suite seal boxes.
    public var sealsBoxes: Bool { self == .xchacha20Poly1305 || self == .xaes256GCM }

    /// The name in documents and listings.
    public var description: String {
        switch self {
        case .xchacha20Poly1305: "XChaCha20-Poly1305"
        case .xaes256GCM: "XAES-256-GCM"
        case .hmacSHA256: "HMAC-SHA-256"
        case .ff1AES256: "FF1-AES-256"
        }
    }
}
