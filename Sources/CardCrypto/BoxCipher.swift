// SPDX-License-Identifier: Apache-2.0
public import SecretMemory

/// Why a key cannot be used on this machine.
public enum SuiteError: Error, Equatable, CustomStringConvertible {
    /// The suite is XAES-256-GCM, the processor has no AES instructions, and software AES, which may
    /// not be constant time, was not allowed.
    case needsSoftwareAES
    /// Guarded memory could not be had.
    case memory(SecretMemoryError)

    /// One sentence.
    public var description: String {
        switch self {
        case .needsSoftwareAES:
            "This processor has no AES instructions, and software AES was not allowed."
        case .memory(let error): error.description
        }
    }
}

/// Which code runs AES-256-GCM.
package enum AESEngine: Sendable {
    /// libsodium, where the processor has AES instructions.
    case instructions
    /// libcrypto, which falls back to software AES.
    case software

    /// The engine for this machine; nil when it would be software and that was not allowed.
    static func choose(allowingSoftware: Bool) -> AESEngine? {
        Sodium.hasAES ? .instructions : allowingSoftware ? .software : nil
    }
}

/// One keyed suite that seals boxes. ``DataKey`` and ``KeyEncryptionKey`` are built on it.
struct BoxCipher: ~Copyable, Sendable {
    let id: KeyID
    let suite: Suite
    private let secret: SecretKey
    private let xaes: XAES256GCM?
    private let engine: AESEngine

    init(
        _ material: consuming KeyMaterial, engine: AESEngine, in slab: KeySlab
    ) throws(SecretMemoryError) {
        precondition(material.suite.sealsBoxes, "a key of this suite seals no boxes")
        id = material.id
        suite = material.suite
        self.engine = engine
        xaes =
            suite == .xaes256GCM
            ? try material.secret.withBytes { key throws(SecretMemoryError) in
                try XAES256GCM(key: key, in: slab)
            } : nil
        secret = material.intoSecret()
    }

    /// Seals into `box`, which has `StoredBox.overhead` bytes more than the plaintext.
    borrowing func seal(
        _ plaintext: Span<UInt8>, as binding: RecordBinding, into box: inout MutableSpan<UInt8>
    ) {
        precondition(box.count == plaintext.count + StoredBox.overhead, "box of the wrong size")
        let aad = binding.associatedData(BoxHeader(suite: suite, keyID: id))
        var nonce = InlineArray<24, UInt8>(repeating: 0)
        var random = nonce.mutableSpan
        RandomBytes.fillNonce(&random)
        box[0] = suite.rawValue
        for i in 0..<24 { box[1 + i] = nonce[i] }
        seal(plaintext, authenticating: aad.span, nonce: nonce.span, into: &box, at: 25)
    }

    /// Opens a stored box into `plaintext`, which has `StoredBox.overhead` bytes fewer.
    borrowing func open(
        _ box: Span<UInt8>, as binding: RecordBinding, into plaintext: inout MutableSpan<UInt8>
    ) throws(OpenError) {
        guard box.count == plaintext.count + StoredBox.overhead else {
            throw .wrongSize(count: box.count)
        }
        guard box[0] == suite.rawValue else { throw .wrongSuite(box[0]) }
        let aad = binding.associatedData(BoxHeader(suite: suite, keyID: id))
        let nonce = box.extracting(1..<25)
        let sealed = box.extracting(droppingFirst: 25)
        guard open(sealed, authenticating: aad.span, nonce: nonce, into: &plaintext) else {
            throw .notAuthentic
        }
    }

    /// The bare cipher of the suite, with a nonce given: for vectors, and for `seal` above.
    borrowing func seal(
        _ plaintext: Span<UInt8>, authenticating aad: Span<UInt8>, nonce: Span<UInt8>,
        into out: inout MutableSpan<UInt8>, at offset: Int
    ) {
        withCipherKey(for: nonce) { key, nonce in
            switch (xaes == nil, engine) {
            case (true, _):
                Sodium.sealXChaCha20Poly1305(
                    plaintext, authenticating: aad, nonce: nonce, key: key, into: &out, at: offset)
            case (false, .instructions):
                Sodium.sealAES256GCM(
                    plaintext, authenticating: aad, nonce: nonce, key: key, into: &out, at: offset)
            case (false, .software):
                LibCryptoGCM.seal(
                    plaintext, authenticating: aad, nonce: nonce, key: key, into: &out, at: offset)
            }
        }
    }

    /// The bare cipher of the suite; tells whether the tag verified.
    borrowing func open(
        _ sealed: Span<UInt8>, authenticating aad: Span<UInt8>, nonce: Span<UInt8>,
        into plaintext: inout MutableSpan<UInt8>
    ) -> Bool {
        withCipherKey(for: nonce) { key, nonce in
            switch (xaes == nil, engine) {
            case (true, _):
                Sodium.openXChaCha20Poly1305(
                    sealed, authenticating: aad, nonce: nonce, key: key, into: &plaintext)
            case (false, .instructions):
                Sodium.openAES256GCM(
                    sealed, authenticating: aad, nonce: nonce, key: key, into: &plaintext)
            case (false, .software):
                LibCryptoGCM.open(
                    sealed, authenticating: aad, nonce: nonce, key: key, into: &plaintext)
            }
        }
    }

    /// Lends the key and the nonce that the cipher under the suite takes.
    private borrowing func withCipherKey<R>(
        for nonce: Span<UInt8>, _ body: (Span<UInt8>, Span<UInt8>) -> R
    ) -> R {
        switch xaes {
        case .some(let xaes):
            xaes.withDerivedKey(for: nonce) { body($0, nonce.extracting(droppingFirst: 12)) }
        case .none: secret.withBytes { body($0, nonce) }
        }
    }
}
