// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

@Suite("BLAKE2b") struct BLAKE2bTests {
    struct Row: Decodable {
        let tcId: Int
        let key: Hex
        let `in`: Hex
        let out: Hex
        let api: String?

        var isAgreed: Bool {
            BLAKE2bTests.digest(of: `in`.bytes, key: key.bytes, byteCount: out.bytes.count)
                == out.bytes
        }
    }

    static func digest(of message: [UInt8], key: [UInt8], byteCount: Int) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        var span = digest.mutableSpan
        Sodium.blake2b(message.span, key: key.span, into: &span)
        return digest
    }

    @Test func `agrees with the known answers of its authors`() throws {
        let rows = try Rows<Row>.of("blake2b/blake2b-kat.json")
        #expect(rows.filter { !$0.isAgreed }.map(\.tcId) == [])
        #expect(rows.count == 256 && rows.count { $0.key.bytes.isEmpty } == 128)
    }

    /// The 32 rows with salt and personalization are set aside: nothing here takes either.
    @Test func `agrees with libsodium at every length of key and digest`() throws {
        let all = try Rows<Row>.of("libsodium/crypto_generichash.json")
        let rows = all.filter { $0.api != "crypto_generichash_blake2b salt+personal" }
        #expect(rows.filter { !$0.isAgreed }.map(\.tcId) == [])
        #expect(all.count == 64 && rows.count == 32)
    }

    @Test func `traps on a digest of 0 bytes`() async {
        await #expect(processExitsWith: .trap) {
            _ = Self.digest(of: [1], key: sampleBytes, byteCount: 0)
        }
    }

    @Test func `traps on a digest of 65 bytes`() async {
        await #expect(processExitsWith: .trap) {
            _ = Self.digest(of: [1], key: sampleBytes, byteCount: 65)
        }
    }

    @Test func `traps on a key of 65 bytes`() async {
        await #expect(processExitsWith: .trap) {
            _ = Self.digest(of: [1], key: Array(repeating: 1, count: 65), byteCount: 32)
        }
    }
}
