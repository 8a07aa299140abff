// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory
internal import Synchronization

/// XAES-256-GCM: AES-256-GCM with nonces of 192 bits.
///
/// A fresh key for AES-256-GCM comes from the first 12 bytes of the nonce: the counter-mode KDF of
/// SP 800-108r1 over CMAC-AES256, of which every message is one block, hence two AES blocks in all.
/// The other 12 bytes are the nonce of AES-256-GCM.
///
/// Source: C2SP, XAES-256-GCM, section Overview.
struct XAES256GCM: ~Copyable, Sendable {
    private let aes: Mutex<AESContext>
    private let subkey: SecretKey  // CMAC's K1 in its first 16 bytes
    private let engine: AESEngine

    /// Keys the block function and computes CMAC's first subkey (SP 800-38B, section 6.1).
    init(
        key: Span<UInt8>, engine: AESEngine, in slab: KeySlab
    ) throws(SecretMemoryError) {
        var context = AESContext(key: key)
        var subkey = try slab.reserve()
        let zero = InlineArray<32, UInt8>(repeating: 0)
        subkey.withMutableBytes { k1 in
            context.encrypt(zero.span, into: &k1)
            let carry = k1[0] >> 7
            for i in 0..<15 { k1[i] = k1[i] << 1 | k1[i + 1] >> 7 }
            k1[15] = k1[15] << 1 ^ (0x87 & (0 &- carry))
            for i in 16..<32 { k1[i] = 0 }
        }
        self.aes = Mutex(context)
        self.subkey = subkey
        self.engine = engine
    }

    /// Seals; writes ciphertext ‖ tag to `out` from `offset`.
    borrowing func seal(
        _ plaintext: Span<UInt8>, authenticating aad: Span<UInt8>, nonce: Span<UInt8>,
        into out: inout MutableSpan<UInt8>, at offset: Int
    ) {
        let tail = nonce.extracting(droppingFirst: 12)
        withDerivedKey(for: nonce) { key in
            switch engine {
            case .instructions:
                Sodium.sealAES256GCM(
                    plaintext, authenticating: aad, nonce: tail, key: key, into: &out, at: offset)
            case .software:
                LibCryptoGCM.seal(
                    plaintext, authenticating: aad, nonce: tail, key: key, into: &out, at: offset)
            }
        }
    }

    /// Opens ciphertext ‖ tag; tells whether the tag verified. If not, do not read the output.
    borrowing func open(
        _ sealed: Span<UInt8>, authenticating aad: Span<UInt8>, nonce: Span<UInt8>,
        into plaintext: inout MutableSpan<UInt8>
    ) -> Bool {
        let tail = nonce.extracting(droppingFirst: 12)
        return withDerivedKey(for: nonce) { key in
            switch engine {
            case .instructions:
                Sodium.openAES256GCM(
                    sealed, authenticating: aad, nonce: tail, key: key, into: &plaintext)
            case .software:
                LibCryptoGCM.open(
                    sealed, authenticating: aad, nonce: tail, key: key, into: &plaintext)
            }
        }
    }

    /// Lends the key of AES-256-GCM for `nonce` (24 bytes) for one call, and wipes it.
    borrowing func withDerivedKey<R>(
        for nonce: Span<UInt8>, _ body: (Span<UInt8>) -> R
    ) -> R {
        precondition(nonce.count == StoredBox.nonceByteCount)
        var blocks = InlineArray<32, UInt8>(repeating: 0)
        subkey.withBytes { k1 in
            for half in 0..<2 {
                // [i]_2 ‖ Label "X" ‖ 0x00 ‖ Context nonce[0..<12], padded by nothing: one block.
                let base = half * 16
                blocks[base + 1] = UInt8(half + 1)
                blocks[base + 2] = UInt8(ascii: "X")
                for i in 0..<12 { blocks[base + 4 + i] = nonce[i] }
                for i in 0..<16 { blocks[base + i] ^= k1[i] }
            }
        }
        var derived = InlineArray<32, UInt8>(repeating: 0)
        aes.withLock { aes in
            var out = derived.mutableSpan
            aes.encrypt(blocks.span, into: &out)
        }
        defer {
            var span = derived.mutableSpan
            Sodium.wipe(&span)
            var masked = blocks.mutableSpan
            Sodium.wipe(&masked)
        }
        return body(derived.span)
    }
}
