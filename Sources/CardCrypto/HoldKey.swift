// SPDX-License-Identifier: Apache-2.0
public import SecretMemory

/// A 256-bit key that, with the secret of a hold's handle, makes the key of that hold's box.
///
/// It opens nothing by itself, and neither does a handle: both must come together.
public struct HoldKey: ~Copyable, Sendable {
    /// Bytes in the secret of a handle: 32.
    public static let secretByteCount = 32

    /// The key's id, which the box of every hold under it names.
    public let id: KeyID
    private let mac: HMACSHA256
    private let slab: KeySlab

    /// Puts a key to its use.
    ///
    /// - Parameters:
    ///   - material: a key of purpose `hold` and suite 16; any other is a programming error.
    ///   - slab: where the keys of boxes live while they are used.
    public init(_ material: consuming KeyMaterial, in slab: KeySlab) {
        precondition(
            material.purpose == .hold && material.suite == .hmacSHA256,
            "only a hold key makes the keys of holds")
        id = material.id
        mac = material.secret.withBytes { HMACSHA256(key: $0) }
        self.slab = slab
    }

    /// The key of one hold's box: `HMAC-SHA-256(key, frame("card-vault/1 hold", id, secret))`.
    ///
    /// - Parameters:
    ///   - hold: the raw bytes of the hold's id.
    ///   - secret: 32 bytes, which only the handle has.
    /// - Throws: `SecretMemoryError`.
    public borrowing func boxKey(
        of hold: Span<UInt8>, secret: Span<UInt8>
    ) throws(SecretMemoryError) -> HoldBoxKey {
        precondition(secret.count == Self.secretByteCount, "a handle's secret has 32 bytes")
        var frame = Frame("card-vault/1 hold", capacity: 64)
        frame.append(hold)
        frame.appendHeader(ofFieldWith: secret.count)
        var key = try slab.reserve()
        key.withMutableBytes { mac.authenticate(frame.bytes.span, secret, into: &$0) }
        return HoldBoxKey(BoxCipher(xchacha20Poly1305: key, named: id))
    }
}

/// The key of one hold's box. The box names the hold key, as this key is stored nowhere.
public struct HoldBoxKey: ~Copyable, Sendable {
    private let cipher: BoxCipher

    init(_ cipher: consuming BoxCipher) { self.cipher = cipher }

    /// Seals `plaintext` with a fresh random nonce.
    ///
    /// - Parameters:
    ///   - plaintext: any number of bytes.
    ///   - binding: the record that the box belongs to.
    ///   - box: receives the stored form; ``StoredBox/overhead`` bytes more than the plaintext.
    public borrowing func seal(
        _ plaintext: Span<UInt8>, as binding: RecordBinding, into box: inout MutableSpan<UInt8>
    ) {
        cipher.seal(plaintext, as: binding, into: &box)
    }

    /// Opens a stored box.
    ///
    /// - Parameters:
    ///   - box: the stored form.
    ///   - binding: the record that the box was sealed for.
    ///   - plaintext: receives the content; ``StoredBox/overhead`` bytes fewer than the box. Holds
    ///     nothing of it when this throws.
    /// - Throws: ``OpenError``.
    public borrowing func open(
        _ box: Span<UInt8>, as binding: RecordBinding, into plaintext: inout MutableSpan<UInt8>
    ) throws(OpenError) {
        try cipher.open(box, as: binding, into: &plaintext)
    }
}
