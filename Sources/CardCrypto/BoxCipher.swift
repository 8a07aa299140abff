// SPDX-License-Identifier: Apache-2.0
public import SecretMemory

/// Why a key cannot be used on this machine.
public enum SuiteError: Error, Equatable, CustomStringConvertible {
    /// The suite is XAES-256-GCM, the processor has no AES instructions, and software AES, which
    /// may not be constant time, was not allowed.
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
    static func choose(
        allowingSoftware: Bool, hasInstructions: Bool = Sodium.hasAES
    ) -> AESEngine? {
        hasInstructions ? .instructions : allowingSoftware ? .software : nil
    }
}

/// One keyed suite that seals boxes. ``DataKey``, ``KeyEncryptionKey`` and ``HoldBoxKey`` are built
/// on it.
struct BoxCipher: ~Copyable, Sendable {
    private enum Keyed: ~Copyable, Sendable {
        case xchacha20Poly1305(SecretKey)
        case xaes256GCM(XAES256GCM)
    }

    let id: KeyID
    let suite: Suite
    /// What every box of the key is bound to beside its record.
    private let header: BoxHeader
    private let keyed: Keyed

    init(
        _ material: consuming KeyMaterial, engine: AESEngine, in slab: KeySlab
    ) throws(SecretMemoryError) {
        precondition(material.suite.sealsBoxes, "a key of this suite seals no boxes")
        id = material.id
        suite = material.suite
        header = BoxHeader(suite: suite, keyID: id)
        let secret = material.intoSecret()
        if suite == .xaes256GCM {
            keyed = .xaes256GCM(
                try secret.withBytes { key throws(SecretMemoryError) in
                    try XAES256GCM(key: key, engine: engine, in: slab)
                })
        } else {
            keyed = .xchacha20Poly1305(secret)
        }
    }

    /// A key made from the one named `id`, whose boxes say so.
    init(xchacha20Poly1305 key: consuming SecretKey, named id: KeyID) {
        self.id = id
        suite = .xchacha20Poly1305
        header = BoxHeader(suite: suite, keyID: id)
        keyed = .xchacha20Poly1305(key)
    }

    /// Seals into `box`, which has `StoredBox.overhead` bytes more than the plaintext.
    borrowing func seal(
        _ plaintext: Span<UInt8>, as binding: RecordBinding, into box: inout MutableSpan<UInt8>
    ) {
        precondition(box.count == plaintext.count + StoredBox.overhead, "box of the wrong size")
        let aad = binding.associatedData(header)
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
        let aad = binding.associatedData(header)
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
        switch keyed {
        case .xchacha20Poly1305(let key):
            key.withBytes {
                Sodium.sealXChaCha20Poly1305(
                    plaintext, authenticating: aad, nonce: nonce, key: $0, into: &out, at: offset)
            }
        case .xaes256GCM(let xaes):
            xaes.seal(plaintext, authenticating: aad, nonce: nonce, into: &out, at: offset)
        }
    }

    /// The bare cipher of the suite; tells whether the tag verified, and wipes the output if not.
    borrowing func open(
        _ sealed: Span<UInt8>, authenticating aad: Span<UInt8>, nonce: Span<UInt8>,
        into plaintext: inout MutableSpan<UInt8>
    ) -> Bool {
        let isAuthentic =
            switch keyed {
            case .xchacha20Poly1305(let key):
                key.withBytes {
                    Sodium.openXChaCha20Poly1305(
                        sealed, authenticating: aad, nonce: nonce, key: $0, into: &plaintext)
                }
            case .xaes256GCM(let xaes):
                xaes.open(sealed, authenticating: aad, nonce: nonce, into: &plaintext)
            }
        // The GCM engines decrypt while they authenticate, and none promises what a refusal leaves.
        if !isAuthentic { Sodium.wipe(&plaintext) }
        return isAuthentic
    }
}
