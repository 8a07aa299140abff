// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

@Suite("Fingerprint key") struct FingerprintKeyTests {
    static func key(_ bytes: [UInt8] = sampleBytes) throws -> FingerprintKey {
        FingerprintKey(try sampleKey(bytes, purpose: .fingerprint, suite: .hmacSHA256))
    }

    /// Computed with Python, `frame` as for the key id:
    ///
    ///     pan = bytes([16]) + struct.pack(">Q", 4111111111111111)
    ///     hmac.new(bytes(range(32)), frame(b"card-vault/1 fingerprint", b"acme", pan),
    ///              "sha256").hexdigest()[:32]
    @Test func `gives the first half of the framed code`() throws {
        let fingerprint = try Self.key().fingerprint(of: samplePlaintext, scope: "acme")
        #expect(hex(fingerprint.bytes) == "9f1cdbe7909acce2cb95d533e7b7e14e")
    }

    @Test func `gives one fingerprint every time`() throws {
        let key = try Self.key()
        let fingerprints = (0..<100).map { _ in
            key.fingerprint(of: samplePlaintext, scope: "acme")
        }
        #expect(Set(fingerprints).count == 1)
    }

    @Test func `gives another for another key, scope or plaintext`() throws {
        let key = try Self.key()
        let other = try Self.key(KeyEncryptionKeyTests.other)
        let plaintexts = (0..<72).map { bit in
            var plaintext = samplePlaintext
            plaintext[bit / 8] ^= 1 << (bit % 8)
            return plaintext
        }
        let scopes = ["acme", "acmf", "", "acme\u{10}"]
        let fingerprints =
            plaintexts.map { key.fingerprint(of: $0, scope: "acme") }
            + scopes.map { key.fingerprint(of: samplePlaintext, scope: $0) }
            + [
                other.fingerprint(of: samplePlaintext, scope: "acme"),
                key.fingerprint(of: Array(samplePlaintext.prefix(8)), scope: "acme"),
                key.fingerprint(of: [], scope: "acme"),
            ]
        #expect(Set(fingerprints).count == 79)
    }

    @Test func `gives another when a byte moves between scope and plaintext`() throws {
        let key = try Self.key()
        let a = key.fingerprint(of: Array("bc".utf8), scope: "a")
        let b = key.fingerprint(of: Array("c".utf8), scope: "ab")
        #expect(a != b)
    }

    @Test func `knows its id`() throws {
        let id = KeyID.of(sampleBytes, purpose: .fingerprint, suite: .hmacSHA256)
        let key = try Self.key()
        #expect(key.id == id)
    }

    @Test func `traps on a key of another purpose`() async {
        await #expect(processExitsWith: .trap) {
            _ = FingerprintKey(try sampleKey(purpose: .seal, suite: .hmacSHA256))
        }
    }

    @Test func `traps on a key of another suite`() async {
        await #expect(processExitsWith: .trap) {
            _ = FingerprintKey(try sampleKey(purpose: .fingerprint, suite: .xaes256GCM))
        }
    }
}

@Suite("Fingerprint") struct FingerprintTests {
    @Test func `is the first 16 bytes`() {
        let bytes = Array(UInt8(0xf0)...UInt8(0xff))
        #expect(Fingerprint(bytes).bytes == bytes)
        #expect(Fingerprint((bytes + [1, 2, 3])) == Fingerprint(bytes))
    }

    @Test func `is equal to one of the same bytes, and to none that differs in a bit`() {
        let bytes = Array(sampleBytes.prefix(16))
        #expect(Fingerprint(bytes.span) == Fingerprint(bytes.span))
        for bit in 0..<128 {
            var other = bytes
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(Fingerprint(bytes.span) != Fingerprint(other.span))
        }
    }

    @Test func `is ordered as its bytes are`() {
        var random = SeededRandom(seed: 4)
        var runs = (0..<200).map { _ in random.bytes(count: 16) }
        runs += (0..<16).flatMap { i in
            [UInt8(0x01), 0x7f, 0x80, 0xff].map { byte in
                var run = [UInt8](repeating: 0, count: 16)
                run[i] = byte
                return run
            }
        }
        let sorted = runs.map { Fingerprint($0) }.sorted().map(\.bytes)
        #expect(sorted == runs.sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test func `traps on 15 bytes`() async {
        await #expect(processExitsWith: .trap) {
            _ = Fingerprint([UInt8](repeating: 0, count: 15))
        }
    }
}
