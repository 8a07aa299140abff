// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

@Suite("Key id") struct KeyIDTests {
    /// Computed with Python:
    ///
    ///     def frame(*f): return b"".join(struct.pack(">I", len(x)) + x for x in f)
    ///     hashlib.blake2b(frame(b"card-vault/1 key id", b"data", bytes([1])),
    ///                     key=bytes(range(32)), digest_size=32).hexdigest()
    @Test(arguments: [
        (
            KeyPurpose.data, Suite.xchacha20Poly1305,
            "c2380d928fc634c455b35d923a0eb10567e18b1cd6d7bd51b4806ca59b9c6578"
        ),
        (
            .data, .xaes256GCM,
            "1c9b9e2613932dec2ff810974d786795709101c09103ecbd46331f083372680f"
        ),
        (
            .fingerprint, .hmacSHA256,
            "9d6139b8ada8bcbf9ae50cfedaef0f066ee1b65cb734166217a793d32ef82eb8"
        ),
        (
            .seal, .hmacSHA256,
            "3eece50197881da7629a7ce5a6c8f95f0873fff22d42a8245eef17059a0fb32c"
        ),
    ]) func `is the keyed hash of purpose and suite`(
        purpose: KeyPurpose, suite: Suite, expected: String
    ) {
        let id = KeyID.of(sampleBytes, purpose: purpose, suite: suite)
        #expect(id.description == expected)
    }

    @Test func `differs for every purpose and suite`() {
        let ids = KeyPurpose.allCases.flatMap { purpose in
            Suite.allCases.map { KeyID.of(sampleBytes, purpose: purpose, suite: $0) }
        }
        #expect(ids.count == 36 && Set(ids).count == ids.count)
    }

    @Test func `differs for every bit of the key`() {
        let ids = (0..<256).map { bit in
            var key = sampleBytes
            key[bit / 8] ^= 1 << (bit % 8)
            return KeyID.of(key, purpose: .data, suite: .xaes256GCM)
        }
        let id = KeyID.of(sampleBytes, purpose: .data, suite: .xaes256GCM)
        #expect(Set(ids + [id]).count == 257)
    }

    @Test func `reads what it prints`() {
        let id = KeyID.of(sampleBytes, purpose: .data, suite: .xaes256GCM)
        #expect(KeyID(hex: id.description) == id)
        #expect(KeyID(bytes: id.bytes) == id)
    }

    @Test(arguments: [0, 31, 33]) func `refuses another number of bytes`(count: Int) {
        #expect(KeyID(bytes: Array(repeating: 0, count: count)) == nil)
        #expect(KeyID(hex: String(repeating: "00", count: count)) == nil)
    }
}

@Suite("Vault id") struct VaultIDTests {
    @Test func `reads what it prints`() {
        let id = VaultID.random()
        #expect(VaultID(hex: id.description) == id)
        #expect(VaultID(bytes: id.bytes) == id)
        #expect(id.description.utf8.count == 32)
    }

    @Test(arguments: [0, 15, 17]) func `refuses another number of bytes`(count: Int) {
        #expect(VaultID(bytes: Array(repeating: 0, count: count)) == nil)
        #expect(VaultID(hex: String(repeating: "00", count: count)) == nil)
    }

    @Test func `is drawn anew each time`() {
        #expect(Set((0..<1000).map { _ in VaultID.random() }).count == 1000)
    }
}

@Suite("Hexadecimal") struct HexadecimalTests {
    @Test func `reads what it prints, for every byte`() {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hexadecimal.print(bytes)
        #expect(text == hex(bytes))
        #expect(Hexadecimal.parse(text) == bytes)
        #expect(Hexadecimal.parse("") == [])
    }

    @Test(arguments: ["0", "000", "0g", "0A", "AA", " 0", "0x00", "00\n", "０0", "é0", "-1", "+1"])
    func `refuses all but pairs of 0–9 and a–f`(text: String) {
        #expect(Hexadecimal.parse(text) == nil)
    }
}
