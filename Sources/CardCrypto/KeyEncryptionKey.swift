// SPDX-License-Identifier: Apache-2.0
public import SecretMemory

/// Why a wrapped key could not be unwrapped.
public enum UnwrapError: Error, Equatable, CustomStringConvertible {
    /// The box did not open.
    case box(OpenError)
    /// The box opened and held another key than the one named.
    case wrongKeyInside(expected: KeyID)
    /// Guarded memory could not be had.
    case memory(SecretMemoryError)

    /// One sentence.
    public var description: String {
        switch self {
        case .box(let error): error.description
        case .wrongKeyInside(let id): "The key inside a box is not \(id)."
        case .memory(let error): error.description
        }
    }
}

/// A 256-bit key that wraps other keys (KEK), always with XChaCha20-Poly1305, so that any machine
/// opens any keyring.
public struct KeyEncryptionKey: ~Copyable, Sendable {
    /// Bytes in a wrapped key as it is stored: 73.
    public static let wrappedByteCount = SecretKey.byteCount + StoredBox.overhead

    private let cipher: BoxCipher

    /// Puts a key to its use.
    ///
    /// - Parameter material: a key of purpose `slot`, `wrap` or `scope` with suite 1; any other is
    ///   a programming error.
    /// - Throws: `SecretMemoryError`.
    public init(
        _ material: consuming KeyMaterial, in slab: KeySlab
    ) throws(SecretMemoryError) {
        precondition(
            [.slot, .wrap, .scope].contains(material.purpose)
                && material.suite == .xchacha20Poly1305, "this key wraps no keys")
        cipher = try BoxCipher(material, engine: .software, in: slab)
    }

    /// The key's id.
    public var id: KeyID { cipher.id }

    /// Wraps a key for the record `binding` names.
    public borrowing func wrap(
        _ key: borrowing KeyMaterial, as binding: RecordBinding
    ) -> SealedBox {
        key.secret.withBytes { wrap($0, as: binding) }
    }

    /// Wraps 32 bytes that have no purpose of their own, as the root key has none.
    package borrowing func wrap(_ key: Span<UInt8>, as binding: RecordBinding) -> SealedBox {
        precondition(key.count == SecretKey.byteCount)
        var stored = [UInt8](repeating: 0, count: Self.wrappedByteCount)
        var box = stored.mutableSpan
        cipher.seal(key, as: binding, into: &box)
        return SealedBox(stored: stored, suite: cipher.suite, keyID: id)
    }

    /// Unwraps a key and checks that it is the one named.
    ///
    /// - Parameters:
    ///   - box: as ``wrap(_:as:)`` made it.
    ///   - binding: the record that it was wrapped for.
    ///   - expected: the id that the record states.
    ///   - purpose: the purpose that the record states.
    ///   - suite: the suite that the record states.
    ///   - slab: where the key is to live.
    /// - Throws: ``UnwrapError``.
    public borrowing func unwrap(
        _ box: SealedBox, as binding: RecordBinding, expecting expected: KeyID,
        purpose: KeyPurpose, suite: Suite, in slab: KeySlab
    ) throws(UnwrapError) -> KeyMaterial {
        let secret = try unwrap(box, as: binding, in: slab)
        let material = KeyMaterial(secret, purpose: purpose, suite: suite)
        guard material.id == expected else { throw .wrongKeyInside(expected: expected) }
        return material
    }

    /// Unwraps a key in the stored form, whose header is this key's.
    public borrowing func unwrap(
        stored: [UInt8], as binding: RecordBinding, expecting expected: KeyID,
        purpose: KeyPurpose, suite: Suite, in slab: KeySlab
    ) throws(UnwrapError) -> KeyMaterial {
        let box = SealedBox(stored: stored, suite: cipher.suite, keyID: id)
        return try unwrap(
            box, as: binding, expecting: expected, purpose: purpose, suite: suite, in: slab)
    }

    /// Unwraps 32 bytes.
    package borrowing func unwrap(
        _ box: SealedBox, as binding: RecordBinding, in slab: KeySlab
    ) throws(UnwrapError) -> SecretKey {
        guard box.keyID == id else { throw .box(.wrongKey(box.keyID)) }
        var secret = try reserve(in: slab)
        do throws(OpenError) {
            try secret.withMutableBytes { key throws(OpenError) in
                try cipher.open(box.stored.span, as: binding, into: &key)
            }
        } catch {
            throw .box(error)
        }
        return secret
    }

    private borrowing func reserve(in slab: KeySlab) throws(UnwrapError) -> SecretKey {
        do throws(SecretMemoryError) { return try slab.reserve() } catch { throw .memory(error) }
    }
}
