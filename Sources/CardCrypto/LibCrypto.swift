// SPDX-License-Identifier: Apache-2.0
internal import CLibCrypto

/// What is asked of libcrypto before it is first used.
enum LibCrypto {
    /// To stay whole at an exit. Else it frees then what threads use that are at work, or just end,
    /// and a process that had done all it should ends by a signal.
    static let isReady = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1
}

/// A keyed AES-256 block function in libcrypto's heap, cleansed when dropped.
@safe
struct AESContext: ~Copyable, @unchecked Sendable {  // sole owner of its C context
    private let context: OpaquePointer

    init(key: Span<UInt8>) {
        precondition(key.count == 32 && LibCrypto.isReady)
        guard let context = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure(memoryIsOut) }
        let isKeyed = unsafe key.withUnsafeBufferPointer {
            unsafe EVP_EncryptInit_ex(context, EVP_aes_256_ecb(), nil, $0.baseAddress, nil) == 1
        }
        precondition(isKeyed, "libcrypto has no AES-256")
        unsafe EVP_CIPHER_CTX_set_padding(context, 0)
        unsafe self.context = context
    }

    /// Encrypts whole blocks of 16 bytes, each alone.
    mutating func encrypt(_ blocks: Span<UInt8>, into out: inout MutableSpan<UInt8>) {
        precondition(blocks.count.isMultiple(of: 16) && out.count == blocks.count)
        var written: Int32 = 0
        let isDone = unsafe blocks.withUnsafeBufferPointer { blocks in
            unsafe out.withUnsafeMutableBufferPointer { out in
                unsafe EVP_EncryptUpdate(
                    context, out.baseAddress, &written, blocks.baseAddress, Int32(blocks.count))
                    == 1
            }
        }
        precondition(isDone && Int(written) == blocks.count, "AES failed")
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }
}

/// A keyed HMAC-SHA-256 or CMAC-AES context in libcrypto's heap, cleansed when dropped.
@safe
struct MACContext: ~Copyable, @unchecked Sendable {  // sole owner of its C context
    private let context: OpaquePointer
    let codeByteCount: Int

    /// HMAC-SHA-256 (FIPS 198-1) with a key of at least 1 byte; nil without one.
    static func hmacSHA256(key: Span<UInt8>) -> MACContext? {
        guard !key.isEmpty else { return nil }
        return MACContext("HMAC", "digest", "SHA256", key: key, codeByteCount: 32)
    }

    /// CMAC (SP 800-38B) with an AES key of 16, 24 or 32 bytes; nil for any other length.
    static func cmacAES(key: Span<UInt8>) -> MACContext? {
        guard [16, 24, 32].contains(key.count) else { return nil }
        return MACContext("CMAC", "cipher", "AES-\(key.count * 8)-CBC", key: key, codeByteCount: 16)
    }

    private init?(
        _ algorithm: String, _ parameter: String, _ value: String, key: Span<UInt8>,
        codeByteCount: Int
    ) {
        precondition(LibCrypto.isReady)
        let context = unsafe key.withUnsafeBufferPointer { key in
            unsafe card_vault_mac_new(algorithm, parameter, value, key.baseAddress, key.count)
        }
        guard let context = unsafe context else { return nil }
        unsafe self.context = context
        self.codeByteCount = codeByteCount
    }

    /// Authenticates `first` ‖ `second`, and is ready for the next message.
    mutating func authenticate(
        _ first: Span<UInt8>, _ second: Span<UInt8>, into code: inout MutableSpan<UInt8>
    ) {
        precondition(code.count == codeByteCount)
        update(first)
        update(second)
        let isDone = unsafe code.withUnsafeMutableBufferPointer { code in
            unsafe EVP_MAC_final(context, code.baseAddress, nil, code.count) == 1
                && EVP_MAC_init(context, nil, 0, nil) == 1
        }
        precondition(isDone, "the MAC failed")
    }

    private mutating func update(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        let isDone = unsafe bytes.withUnsafeBufferPointer {
            unsafe EVP_MAC_update(context, $0.baseAddress, $0.count) == 1
        }
        precondition(isDone, "the MAC failed")
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }
}

/// AES-256-GCM for processors without AES instructions, where libsodium has none: messages and
/// associated data of at most 2^31 - 1 bytes.
enum LibCryptoGCM {
    /// Seals; writes ciphertext ‖ tag to `out` from `offset`.
    static func seal(
        _ plaintext: Span<UInt8>, authenticating aad: Span<UInt8>, nonce: Span<UInt8>,
        key: Span<UInt8>, into out: inout MutableSpan<UInt8>, at offset: Int
    ) {
        precondition(offset >= 0 && out.count - offset == plaintext.count + 16)
        var context = GCMContext(key: key, nonce: nonce, seals: true)
        unsafe out.withUnsafeMutableBufferPointer { out in
            guard let base = unsafe out.baseAddress.map({ unsafe $0 + offset }) else {
                preconditionFailure("a box has room for its tag")
            }
            unsafe context.update(aad, into: nil)
            unsafe context.update(plaintext, into: base)
            precondition(context.finish(), "AES-256-GCM failed")
            unsafe context.readTag(into: base + plaintext.count)
        }
    }

    /// Opens ciphertext ‖ tag; tells whether the tag verified. If not, do not read the output.
    static func open(
        _ box: Span<UInt8>, authenticating aad: Span<UInt8>, nonce: Span<UInt8>, key: Span<UInt8>,
        into plaintext: inout MutableSpan<UInt8>
    ) -> Bool {
        precondition(box.count == plaintext.count + 16)
        var context = GCMContext(key: key, nonce: nonce, seals: false)
        unsafe context.update(aad, into: nil)
        unsafe plaintext.withUnsafeMutableBufferPointer { out in
            unsafe context.update(box.extracting(first: out.count), into: out.baseAddress)
        }
        context.expectTag(box.extracting(last: 16))
        return context.finish()
    }
}

/// One AES-256-GCM message under way in libcrypto.
@safe
private struct GCMContext: ~Copyable {
    private let context: OpaquePointer

    init(key: Span<UInt8>, nonce: Span<UInt8>, seals: Bool) {
        precondition(nonce.count == 12 && key.count == 32 && LibCrypto.isReady)
        guard let context = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure(memoryIsOut) }
        let isKeyed = unsafe key.withUnsafeBufferPointer { key in
            unsafe nonce.withUnsafeBufferPointer { nonce in
                unsafe EVP_CipherInit_ex(
                    context, EVP_aes_256_gcm(), nil, key.baseAddress, nonce.baseAddress,
                    seals ? 1 : 0) == 1
            }
        }
        precondition(isKeyed, "libcrypto has no AES-256-GCM")
        unsafe self.context = context
    }

    /// Feeds bytes: associated data where `out` is nil, else message bytes.
    mutating func update(_ bytes: Span<UInt8>, into out: UnsafeMutablePointer<UInt8>?) {
        guard !bytes.isEmpty else { return }
        var written: Int32 = 0
        let isDone = unsafe bytes.withUnsafeBufferPointer {
            unsafe EVP_CipherUpdate(context, out, &written, $0.baseAddress, Int32($0.count)) == 1
        }
        precondition(isDone, "AES-256-GCM failed")
    }

    /// Ends the message; when opening, tells whether the tag verified.
    mutating func finish() -> Bool {
        var written: Int32 = 0
        var nothing: UInt8 = 0
        return unsafe EVP_CipherFinal_ex(context, &nothing, &written) == 1
    }

    mutating func readTag(into out: UnsafeMutablePointer<UInt8>) {
        let isDone = unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, out) == 1
        precondition(isDone, "AES-256-GCM failed")
    }

    mutating func expectTag(_ tag: Span<UInt8>) {
        let isDone = unsafe tag.withUnsafeBytes {
            unsafe EVP_CIPHER_CTX_ctrl(
                context, EVP_CTRL_AEAD_SET_TAG, 16,
                UnsafeMutableRawPointer(mutating: $0.baseAddress)
            ) == 1
        }
        precondition(isDone, "AES-256-GCM failed")
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }
}

private let memoryIsOut = "libcrypto has no memory left"
