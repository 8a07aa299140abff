// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

@Suite("Audit key") struct AuditKeyTests {
    static func key(_ bytes: [UInt8] = sampleBytes) throws -> AuditKey {
        AuditKey(try sampleKey(bytes, purpose: .audit, suite: .hmacSHA256))
    }

    static let vault = VaultID(bytes: [UInt8](repeating: 0xa0, count: 16))

    /// Computed with Python, `frame` as for the key id:
    ///
    ///     hmac.new(bytes(range(32)), frame(b"card-vault/1 audit", b"\xa0" * 16, b"entry"),
    ///              "sha256").hexdigest()
    @Test func `gives the head after an entry`() throws {
        let vault = try #require(Self.vault)
        #expect(
            try hex(Self.key().head(of: Array("entry".utf8), in: vault))
                == "401aa1b74293188ad1bb140daaa8dc80749f3d8ca2e56ffa89eb7f99f86341f1")
    }

    @Test func `gives the head after an entry of no bytes`() throws {
        let vault = try #require(Self.vault)
        #expect(
            try hex(Self.key().head(of: [], in: vault))
                == "7101ffc09e9a8718e5c23adb76b140bb0e4e7cbf8c8f3fe5be5c680a78514111")
    }

    @Test func `gives another head for every bit of the entry`() throws {
        let key = try Self.key()
        let vault = try #require(Self.vault)
        let entry = Array(UInt8(0)..<40)
        var heads: Set<[UInt8]> = [key.head(of: entry, in: vault)]
        for bit in 0..<320 {
            var entry = entry
            entry[bit / 8] ^= 1 << (bit % 8)
            heads.insert(key.head(of: entry, in: vault))
        }
        #expect(heads.count == 321)
    }

    @Test func `gives another head for every bit of the vault`() throws {
        let key = try Self.key()
        let vault = try #require(Self.vault)
        var heads: Set<[UInt8]> = []
        for bit in 0..<128 {
            var bytes = vault.bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            heads.insert(key.head(of: [1], in: try #require(VaultID(bytes: bytes))))
        }
        heads.insert(key.head(of: [1], in: vault))
        #expect(heads.count == 129)
    }

    @Test func `gives another head than another key`() throws {
        let vault = try #require(Self.vault)
        let head = try Self.key().head(of: [1], in: vault)
        #expect(try Self.key(KeyEncryptionKeyTests.other).head(of: [1], in: vault) != head)
    }

    @Test func `knows its id`() throws {
        let id = KeyID.of(sampleBytes, purpose: .audit, suite: .hmacSHA256)
        let key = try Self.key()
        #expect(key.id == id)
    }

    @Test func `traps on a key of another purpose`() async {
        await #expect(processExitsWith: .trap) {
            _ = AuditKey(try sampleKey(purpose: .seal, suite: .hmacSHA256))
        }
    }

    @Test func `traps on a key of another suite`() async {
        await #expect(processExitsWith: .trap) {
            _ = AuditKey(try sampleKey(purpose: .audit, suite: .xchacha20Poly1305))
        }
    }
}
