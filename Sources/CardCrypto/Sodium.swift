// SPDX-License-Identifier: Apache-2.0
internal import CSodium

/// The part of libsodium that seals, hashes and stretches. One function per C function.
enum Sodium {
    /// libsodium aborts a process that uses it before it is started; every entry asks this first.
    static let isReady: Bool = sodium_init() >= 0

    /// Whether this processor has the AES instructions that libsodium's AES-256-GCM needs.
    static let hasAES: Bool = isReady && crypto_aead_aes256gcm_is_available() == 1

    /// Bytes in a key of either cipher.
    static let keyByteCount = 32
    /// Bytes in the tag of either cipher.
    static let tagByteCount = 16

    /// Seals with XChaCha20-Poly1305; writes ciphertext ‖ tag to `out` from `offset`.
    static func sealXChaCha20Poly1305(
        _ plaintext: Span<UInt8>, authenticating aad: Span<UInt8>, nonce: Span<UInt8>,
        key: Span<UInt8>, into out: inout MutableSpan<UInt8>, at offset: Int
    ) {
        precondition(isReady && nonce.count == 24 && key.count == keyByteCount)
        precondition(offset >= 0 && out.count - offset == plaintext.count + tagByteCount)
        unsafe withPointers(plaintext, aad, nonce, key) { message, facts, nonce, key in
            unsafe withPointer(to: &out) { out in
                _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                    out + offset, nil, message, UInt64(plaintext.count), facts, UInt64(aad.count),
                    nil, nonce, key)
            }
        }
    }

    /// Opens ciphertext ‖ tag; tells whether the tag verified. If not, do not read the output.
    static func openXChaCha20Poly1305(
        _ box: Span<UInt8>, authenticating aad: Span<UInt8>, nonce: Span<UInt8>, key: Span<UInt8>,
        into plaintext: inout MutableSpan<UInt8>
    ) -> Bool {
        precondition(isReady && nonce.count == 24 && key.count == keyByteCount)
        precondition(box.count == plaintext.count + tagByteCount)
        return unsafe withPointers(box, aad, nonce, key) { sealed, facts, nonce, key in
            unsafe withPointer(to: &plaintext) { out in
                unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                    out, nil, nil, sealed, UInt64(box.count), facts, UInt64(aad.count), nonce, key)
                    == 0
            }
        }
    }

    /// Seals with AES-256-GCM; writes ciphertext ‖ tag to `out` from `offset`. Needs `hasAES`.
    static func sealAES256GCM(
        _ plaintext: Span<UInt8>, authenticating aad: Span<UInt8>, nonce: Span<UInt8>,
        key: Span<UInt8>, into out: inout MutableSpan<UInt8>, at offset: Int
    ) {
        precondition(hasAES && nonce.count == 12 && key.count == keyByteCount)
        precondition(offset >= 0 && out.count - offset == plaintext.count + tagByteCount)
        unsafe withPointers(plaintext, aad, nonce, key) { message, facts, nonce, key in
            unsafe withPointer(to: &out) { out in
                _ = unsafe crypto_aead_aes256gcm_encrypt(
                    out + offset, nil, message, UInt64(plaintext.count), facts, UInt64(aad.count),
                    nil, nonce, key)
            }
        }
    }

    /// Opens ciphertext ‖ tag; tells whether the tag verified. If not, do not read the output.
    /// Needs `hasAES`.
    static func openAES256GCM(
        _ box: Span<UInt8>, authenticating aad: Span<UInt8>, nonce: Span<UInt8>, key: Span<UInt8>,
        into plaintext: inout MutableSpan<UInt8>
    ) -> Bool {
        precondition(hasAES && nonce.count == 12 && key.count == keyByteCount)
        precondition(box.count == plaintext.count + tagByteCount)
        return unsafe withPointers(box, aad, nonce, key) { sealed, facts, nonce, key in
            unsafe withPointer(to: &plaintext) { out in
                unsafe crypto_aead_aes256gcm_decrypt(
                    out, nil, nil, sealed, UInt64(box.count), facts, UInt64(aad.count), nonce, key)
                    == 0
            }
        }
    }

    /// BLAKE2b of 1 to 64 bytes, keyed with 0 to 64 bytes (RFC 7693).
    static func blake2b(
        _ message: Span<UInt8>, key: Span<UInt8>, into digest: inout MutableSpan<UInt8>
    ) {
        precondition(isReady && (1...64).contains(digest.count) && key.count <= 64)
        let isDone = unsafe withPointers(message, key) { input, secret in
            let count = digest.count
            return unsafe withPointer(to: &digest) { out in
                unsafe crypto_generichash(
                    out, count, input, UInt64(message.count), secret, key.count) == 0
            }
        }
        precondition(isDone, "BLAKE2b refused its sizes")
    }

    /// SHA-256 of what `next` gives piece by piece until it gives nothing (FIPS 180-4), 32 bytes.
    static func sha256<E: Error>(_ next: () throws(E) -> [UInt8]?) throws(E) -> [UInt8] {
        precondition(isReady)
        var state = crypto_hash_sha256_state()
        var isDone = unsafe crypto_hash_sha256_init(&state) == 0
        while let piece = try next() {
            isDone =
                unsafe isDone
                && crypto_hash_sha256_update(&state, piece, UInt64(piece.count)) == 0
        }
        var digest = [UInt8](repeating: 0, count: 32)
        isDone = unsafe isDone && crypto_hash_sha256_final(&state, &digest) == 0
        precondition(isDone, "SHA-256 refused its input")
        return digest
    }

    /// Stretches a passphrase with Argon2id v1.3, one lane (RFC 9106). False when memory is out or
    /// libsodium refuses the parameters.
    static func argon2id(
        _ passphrase: Span<UInt8>, salt: Span<UInt8>, passes: Int, memoryByteCount: Int,
        into key: inout MutableSpan<UInt8>
    ) -> Bool {
        precondition(isReady && salt.count == Int(crypto_pwhash_SALTBYTES))
        return unsafe withPointers(passphrase, salt) { text, salt in
            let count = key.count
            return unsafe withPointer(to: &key) { out in
                unsafe UnsafeRawPointer(text).withMemoryRebound(
                    to: CChar.self, capacity: passphrase.count
                ) { text in
                    unsafe crypto_pwhash(
                        out, UInt64(count), text, UInt64(passphrase.count), salt, UInt64(passes),
                        memoryByteCount, crypto_pwhash_ALG_ARGON2ID13) == 0
                }
            }
        }
    }

    /// Overwrites with zeros in a way that the compiler may not leave out.
    static func wipe(_ bytes: inout MutableSpan<UInt8>) {
        unsafe bytes.withUnsafeMutableBytes {
            unsafe sodium_memzero($0.baseAddress ?? UnsafeMutableRawPointer(nowhere), $0.count)
        }
    }

    private typealias Pointer = UnsafePointer<UInt8>

    /// An address for runs of no bytes: libsodium's interface does not take NULL everywhere.
    nonisolated(unsafe) private static let nowhere: UnsafeMutablePointer<UInt8> =
        .allocate(capacity: 1)

    private static func withPointers<R>(
        _ a: Span<UInt8>, _ b: Span<UInt8>, _ c: Span<UInt8>, _ d: Span<UInt8>,
        _ body: (Pointer, Pointer, Pointer, Pointer) -> R
    ) -> R {
        unsafe withPointers(a, b) { a, b in
            unsafe withPointers(c, d) { c, d in unsafe body(a, b, c, d) }
        }
    }

    private static func withPointers<R>(
        _ a: Span<UInt8>, _ b: Span<UInt8>, _ body: (Pointer, Pointer) -> R
    ) -> R {
        unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                unsafe body(a.baseAddress ?? Pointer(nowhere), b.baseAddress ?? Pointer(nowhere))
            }
        }
    }

    private static func withPointer<R>(
        to out: inout MutableSpan<UInt8>, _ body: (UnsafeMutablePointer<UInt8>) -> R
    ) -> R {
        unsafe out.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress ?? nowhere) }
    }
}
