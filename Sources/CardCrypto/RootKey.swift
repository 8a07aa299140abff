// SPDX-License-Identifier: Apache-2.0
public import SecretMemory

/// The key at the top: 256 bits that live only in an unlocked process, and do nothing themselves.
///
/// Two subkeys do its work: `HMAC-SHA-256(root, frame("card-vault/1", label))` with the labels
/// `wrap` (wraps the entries of the keyring file) and `keyring-mac` (authenticates the file).
public struct RootKey: ~Copyable, Sendable {
    /// Wraps and unwraps the keys of the keyring file.
    public let wrappingKey: KeyEncryptionKey
    private let fileMAC: HMACSHA256
    private let secret: SecretKey

    /// Makes a new root key.
    ///
    /// - Throws: `SecretMemoryError`.
    public static func generate(in slab: KeySlab) throws(SecretMemoryError) -> RootKey {
        try RootKey(try slab.generate(), in: slab)
    }

    private init(_ secret: consuming SecretKey, in slab: KeySlab) throws(SecretMemoryError) {
        let wrap = try Self.subkey("wrap", of: secret, in: slab)
        let mac = try Self.subkey("keyring-mac", of: secret, in: slab)
        let wrappingKey = try KeyEncryptionKey(
            KeyMaterial(wrap, purpose: .wrap, suite: .xchacha20Poly1305), in: slab)
        self.wrappingKey = wrappingKey
        self.fileMAC = mac.withBytes { HMACSHA256(key: $0) }
        self.secret = secret
    }

    private static func subkey(
        _ label: String, of root: borrowing SecretKey, in slab: KeySlab
    ) throws(SecretMemoryError) -> SecretKey {
        var frame = Frame("card-vault/1")
        frame.append(label)
        var subkey = try slab.reserve()
        root.withBytes { root in
            let mac = HMACSHA256(key: root)
            subkey.withMutableBytes { mac.authenticate(frame.bytes.span, Span(), into: &$0) }
        }
        return subkey
    }

    /// Wraps this key for a custody slot.
    public borrowing func wrapped(
        by slotKey: borrowing KeyEncryptionKey, as binding: RecordBinding
    ) -> SealedBox {
        secret.withBytes { slotKey.wrap($0, as: binding) }
    }

    /// Unwraps a root key from a custody slot.
    ///
    /// - Throws: ``UnwrapError``.
    public static func unwrap(
        _ box: SealedBox, by slotKey: borrowing KeyEncryptionKey, as binding: RecordBinding,
        in slab: KeySlab
    ) throws(UnwrapError) -> RootKey {
        let secret = try slotKey.unwrap(box, as: binding, in: slab)
        do throws(SecretMemoryError) {
            return try RootKey(secret, in: slab)
        } catch {
            throw .memory(error)
        }
    }

    /// The code of the keyring file's bytes, 32 bytes.
    public borrowing func keyringCode(for bytes: Span<UInt8>) -> [UInt8] {
        fileMAC.code(for: bytes)
    }

    /// Whether `code` is the code of the keyring file's bytes.
    public borrowing func verifies(_ code: [UInt8], forKeyring bytes: Span<UInt8>) -> Bool {
        fileMAC.verifies(code, for: bytes)
    }
}
