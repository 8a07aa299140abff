// SPDX-License-Identifier: Apache-2.0
import BareC
import Benchmark
import CardCrypto
import SecretMemory

/// Sealing and opening of 9 bytes (a packed PAN) to 1 KiB, and fingerprints.
func cryptoBenchmarks() {
    precondition(sodium_init() >= 0)
    for suite in [Suite.xaes256GCM, .xchacha20Poly1305] {
        guard suite == .xchacha20Poly1305 || crypto_aead_aes256gcm_is_available() == 1 else {
            continue
        }
        for byteCount in [9, 64, 1024] { sealAndOpen(suite, byteCount) }
    }
    fingerprints()
}

private func binding() -> RecordBinding {
    var facts = Frame()
    facts.append([UInt8](repeating: 1, count: 48))
    return RecordBinding(
        vault: VaultID.random(), kind: .card, scope: "default",
        record: [UInt8](repeating: 2, count: 17).span, facts: facts)
}

/// As many bytes as the associated data of a card.
private let aadByteCount = 190

private func sealAndOpen(_ suite: Suite, _ byteCount: Int) {
    let name = "\(suite)"
    let plaintext = [UInt8](repeating: 7, count: byteCount)
    Benchmark("\(name).seal.\(byteCount)B") { benchmark in
        let key = try makeKey(suite)
        let binding = binding()
        var box = [UInt8](repeating: 0, count: byteCount + StoredBox.overhead)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            var out = box.mutableSpan
            key.seal(plaintext.span, as: binding, into: &out)
        }
        benchmark.stopMeasurement()
        blackHole(box)
    }
    Benchmark("\(name).seal.\(byteCount)B.bare C, nonce given") { benchmark in
        let bare = Bare()
        var box = [UInt8](repeating: 0, count: byteCount + 16)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { bare.seal(suite, plaintext, into: &box) }
        benchmark.stopMeasurement()
        blackHole(box)
    }
    Benchmark("\(name).open.\(byteCount)B") { benchmark in
        let key = try makeKey(suite)
        let binding = binding()
        var box = [UInt8](repeating: 0, count: byteCount + StoredBox.overhead)
        var sealed = box.mutableSpan
        key.seal(plaintext.span, as: binding, into: &sealed)
        var opened = plaintext
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            var out = opened.mutableSpan
            try key.open(box.span, as: binding, into: &out)
        }
        benchmark.stopMeasurement()
        blackHole(opened)
    }
    Benchmark("\(name).open.\(byteCount)B.bare C") { benchmark in
        let bare = Bare()
        var box = [UInt8](repeating: 0, count: byteCount + 16)
        bare.seal(suite, plaintext, into: &box)
        var opened = plaintext
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { bare.open(suite, box, into: &opened) }
        benchmark.stopMeasurement()
        blackHole(opened)
    }
}

private func makeKey(_ suite: Suite) throws -> DataKey {
    let slab = try KeySlab()
    return try DataKey(try KeyMaterial.generate(purpose: .data, suite: suite, in: slab), in: slab)
}

/// The C calls under a seal, with everything made beforehand.
private final class Bare {
    private let key = [UInt8](repeating: 3, count: 32)
    private let nonce = [UInt8](repeating: 4, count: 24)
    private let aad = [UInt8](repeating: 5, count: aadByteCount)
    private let aes: OpaquePointer

    init() {
        guard let context = EVP_CIPHER_CTX_new() else { preconditionFailure("no memory") }
        aes = context
        EVP_EncryptInit_ex(aes, EVP_aes_256_ecb(), nil, key, nil)
        EVP_CIPHER_CTX_set_padding(aes, 0)
    }

    func seal(_ suite: Suite, _ plaintext: [UInt8], into box: inout [UInt8]) {
        if suite == .xaes256GCM {
            bare_xaes_seal(aes, key, nonce, aad, aad.count, plaintext, plaintext.count, &box)
        } else {
            crypto_aead_xchacha20poly1305_ietf_encrypt(
                &box, nil, plaintext, UInt64(plaintext.count), aad, UInt64(aad.count), nil, nonce,
                key)
        }
    }

    func open(_ suite: Suite, _ box: [UInt8], into plaintext: inout [UInt8]) {
        let result =
            suite == .xaes256GCM
            ? bare_xaes_open(aes, key, nonce, aad, aad.count, box, box.count, &plaintext)
            : crypto_aead_xchacha20poly1305_ietf_decrypt(
                &plaintext, nil, nil, box, UInt64(box.count), aad, UInt64(aad.count), nonce, key)
        precondition(result == 0)
    }

    deinit { EVP_CIPHER_CTX_free(aes) }
}

private func fingerprints() {
    let packed = [UInt8](repeating: 9, count: 9)
    Benchmark("Fingerprint.9B") { benchmark in
        let slab = try KeySlab()
        let key = FingerprintKey(
            try KeyMaterial.generate(purpose: .fingerprint, suite: .hmacSHA256, in: slab))
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            blackHole(key.fingerprint(of: packed.span, scope: "default"))
        }
        benchmark.stopMeasurement()
    }
    Benchmark("Fingerprint.9B.bare C: HMAC-SHA-256 of 52 bytes, keyed once") { benchmark in
        let context = bare_hmac_new([UInt8](repeating: 1, count: 32))
        let message = [UInt8](repeating: 2, count: 52)
        var code = [UInt8](repeating: 0, count: 32)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            precondition(bare_hmac(context, message, message.count, &code) == 1)
        }
        benchmark.stopMeasurement()
        EVP_MAC_CTX_free(context)
        blackHole(code)
    }
}
