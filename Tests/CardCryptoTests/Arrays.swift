// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto

// The verbs of the module over arrays: a span cannot be had from a global or a computed array.

extension KeyID {
    static func of(_ key: [UInt8], purpose: KeyPurpose, suite: Suite) -> KeyID {
        of(key.span, purpose: purpose, suite: suite)
    }
}

extension Fingerprint {
    init(_ bytes: [UInt8]) { self.init(bytes.span) }
}

extension FingerprintKey {
    borrowing func fingerprint(of plaintext: [UInt8], scope: String) -> Fingerprint {
        fingerprint(of: plaintext.span, scope: scope)
    }
}

extension KeyEncryptionKey {
    borrowing func wrap(_ key: [UInt8], as binding: RecordBinding) -> SealedBox {
        wrap(key.span, as: binding)
    }
}

extension RootKey {
    borrowing func keyringCode(for bytes: [UInt8]) -> [UInt8] { keyringCode(for: bytes.span) }

    borrowing func verifies(_ code: [UInt8], forKeyring bytes: [UInt8]) -> Bool {
        verifies(code, forKeyring: bytes.span)
    }
}

extension HMACSHA256 {
    init(key: [UInt8]) { self.init(key: key.span) }

    borrowing func code(for message: [UInt8]) -> [UInt8] { code(for: message.span) }

    borrowing func verifies(_ code: [UInt8], for message: [UInt8]) -> Bool {
        verifies(code, for: message.span)
    }
}

extension BoxCipher {
    /// Ciphertext ‖ tag under a given nonce.
    borrowing func seal(
        _ plaintext: [UInt8], authenticating aad: [UInt8], nonce: [UInt8]
    ) -> [UInt8] {
        var sealed = [UInt8](repeating: 0, count: plaintext.count + 16)
        var span = sealed.mutableSpan
        seal(
            plaintext.span, authenticating: aad.span, nonce: nonce.span, into: &span, at: 0)
        return sealed
    }

    /// The plaintext, or nil when the tag does not verify.
    borrowing func open(
        _ sealed: [UInt8], authenticating aad: [UInt8], nonce: [UInt8]
    ) -> [UInt8]? {
        var plaintext = [UInt8](repeating: 0xaa, count: sealed.count - 16)
        var span = plaintext.mutableSpan
        let isAuthentic = open(
            sealed.span, authenticating: aad.span, nonce: nonce.span, into: &span)
        return isAuthentic ? plaintext : nil
    }
}

extension AESEngine {
    /// Plain AES-256-GCM: ciphertext ‖ tag.
    func seal(
        _ plaintext: [UInt8], authenticating aad: [UInt8], nonce: [UInt8], key: [UInt8]
    ) -> [UInt8] {
        var sealed = [UInt8](repeating: 0, count: plaintext.count + 16)
        var span = sealed.mutableSpan
        let seal = self == .instructions ? Sodium.sealAES256GCM : LibCryptoGCM.seal
        seal(plaintext.span, aad.span, nonce.span, key.span, &span, 0)
        return sealed
    }

    /// Plain AES-256-GCM: the plaintext, or nil when the tag does not verify.
    func open(
        _ sealed: [UInt8], authenticating aad: [UInt8], nonce: [UInt8], key: [UInt8]
    ) -> [UInt8]? {
        var plaintext = [UInt8](repeating: 0xaa, count: sealed.count - 16)
        var span = plaintext.mutableSpan
        let open = self == .instructions ? Sodium.openAES256GCM : LibCryptoGCM.open
        let isAuthentic = open(sealed.span, aad.span, nonce.span, key.span, &span)
        return isAuthentic ? plaintext : nil
    }
}
