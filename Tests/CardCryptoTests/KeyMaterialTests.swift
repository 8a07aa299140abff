// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Key material") struct KeyMaterialTests {
    @Test func `knows its purpose, suite and id`() throws {
        let key = try sampleKey(purpose: .token, suite: .ff1AES256)
        #expect(key.purpose == .token)
        #expect(key.suite == .ff1AES256)
        #expect(key.id == KeyID.of(sampleBytes, purpose: .token, suite: .ff1AES256))
    }

    @Test func `is generated anew each time`() throws {
        let ids = try (0..<1000).map { _ in
            try KeyMaterial.generate(purpose: .data, suite: .xaes256GCM, in: sampleSlab()).id
        }
        #expect(Set(ids).count == 1000)
    }

    /// The first case: `head -c 16 /dev/zero | openssl mac -cipher AES-256-CBC -macopt
    /// hexkey:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f -in - CMAC`; the
    /// second with a key of zeros.
    @Test(arguments: [
        (sampleBytes, "377822"), ([UInt8](repeating: 0, count: 32), "921105"),
    ]) func `has the check value that openssl computes`(key: [UInt8], expected: String) throws {
        let key = try sampleKey(key, purpose: .scope, suite: .xchacha20Poly1305)
        #expect(key.checkValue.description == expected)
    }

    @Test func `has one check value whatever its use`() throws {
        let a = try sampleKey(purpose: .scope, suite: .xchacha20Poly1305)
        let b = try sampleKey(purpose: .seal, suite: .hmacSHA256)
        #expect(a.checkValue == b.checkValue)
        #expect(a.id != b.id)
    }
}

@Suite("Key purposes") struct KeyPurposeTests {
    @Test func `have the names of the formats`() {
        #expect(
            KeyPurpose.allCases.map(\.description) == [
                "slot", "wrap", "scope", "hold", "audit", "seal", "data", "fingerprint", "token",
            ])
    }

    @Test func `are three that the store holds`() {
        #expect(KeyPurpose.allCases.filter(\.isStoreHeld) == [.data, .fingerprint, .token])
    }
}

@Suite("What does not compile with a key") struct KeyRefusalTests {
    static let preamble = "let slab = try KeySlab()\n"
    static let wrapping = """
        let kek = try KeyEncryptionKey(KeyMaterial.generate(
            purpose: .scope, suite: .xchacha20Poly1305, in: slab), in: slab)

        """
    static let data = """
        let dek = try DataKey(KeyMaterial.generate(
            purpose: .data, suite: .preferred, in: slab), in: slab)

        """

    @Test(arguments: [
        ("print(dek)", "print(dek.id)", "does not conform to expected type 'Copyable'"),
        (
            "_ = \"\\(dek)\"", "_ = \"\\(dek.id)\"",
            "no exact matches in call to instance method 'appendInterpolation'"
        ),
        (
            "_ = dek == dek", "_ = dek.id == dek.id",
            "requires that 'DataKey' conform to 'Equatable'"
        ),
        ("let a = dek; _ = (copy a)", "let a = dek.id; _ = (copy a)", "'copy' cannot be applied"),
    ]) func `refuses to show a key or to copy it`(
        source: String, control: String, message: String
    ) throws {
        try refuse(Self.data + source, beside: Self.data + control, saying: message)
    }

    @Test func `refuses a key that wraps where one that seals cards belongs`() throws {
        let use = "func seal(_ key: borrowing DataKey) {}\n"
        try refuse(
            use + Self.wrapping + "seal(kek)", beside: use + Self.data + "seal(dek)",
            saying: "cannot convert value of type 'KeyEncryptionKey' to expected argument")
    }

    @Test func `refuses to choose a nonce`() throws {
        let use =
            Self.data + "func seal(_ b: RecordBinding, _ n: [UInt8]) {\n"
            + "var box = [UInt8](repeating: 0, count: 41)\nvar out = box.mutableSpan\n"
        try refuse(
            use + "dek.seal(n.span, as: b, nonce: n.span, into: &out)\n}",
            beside: use + "dek.seal(n.span, as: b, into: &out)\n}",
            saying: "extra argument 'nonce' in call")
    }

    private func refuse(_ source: String, beside control: String, saying message: String) throws {
        try Compiler.expectRefusal(
            of: Self.preamble + source, beside: Self.preamble + control,
            imports: ["CardCrypto", "SecretMemory"], saying: message)
    }
}
