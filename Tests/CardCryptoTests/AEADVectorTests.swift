// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

@Suite("XChaCha20-Poly1305") struct XChaCha20Poly1305Tests {
    static let path = SealingPath(suite: .xchacha20Poly1305, engine: .software)

    @Test func `agrees with Wycheproof`() throws {
        let file = try Vectors.load(
            "wycheproof/xchacha20_poly1305_test.json", as: Wycheproof<AEADRow>.self)
        let rows = file.rows { $0.ivSize == 192 }
        let failures = try rows.filter { row in
            let cipher = try Self.path.cipher(row.key.bytes)
            let opened = cipher.open(
                row.sealed, authenticating: row.aad.bytes, nonce: row.iv.bytes)
            guard row.isValid else { return opened != nil }
            let sealed = cipher.seal(
                row.msg.bytes, authenticating: row.aad.bytes, nonce: row.iv.bytes)
            return opened != row.msg.bytes || sealed != row.sealed
        }
        #expect(failures.map(\.tcId) == [])
        #expect(file.rows().count == file.numberOfTests && file.numberOfTests == 156)
        #expect(rows.count == 154 && rows.count(where: \.isValid) == 124)
    }

    /// The two rows that the test above leaves out: nonces of 8 and 16 bytes.
    @Test func `has two Wycheproof rows with nonces of another size`() throws {
        let file = try Vectors.load(
            "wycheproof/xchacha20_poly1305_test.json", as: Wycheproof<AEADRow>.self)
        let rows = file.rows { $0.ivSize != 192 }
        #expect(rows.map(\.iv.bytes.count).sorted() == [8, 16])
        #expect(rows.allSatisfy { !$0.isValid })
    }

    @Test func `traps on a nonce of 8 bytes`() async {
        await #expect(processExitsWith: .trap) {
            let cipher = try Self.path.cipher()
            _ = cipher.seal([1], authenticating: [], nonce: Array(repeating: 0, count: 8))
        }
    }

    @Test func `traps on a nonce of 16 bytes`() async {
        await #expect(processExitsWith: .trap) {
            let cipher = try Self.path.cipher()
            let sealed = [UInt8](repeating: 0, count: 17)
            _ = cipher.open(sealed, authenticating: [], nonce: Array(repeating: 0, count: 16))
        }
    }
}

@Suite("AES-256-GCM") struct AES256GCMTests {
    /// A row of NIST's server: `pt` is given where it seals, and expected where it opens.
    struct ACVPRow: Decodable {
        struct Group: Decodable {
            let direction: String
            let keyLen: Int
            let tagLen: Int
        }
        struct Prompt: Decodable {
            let key: Hex
            let iv: Hex
            let aad: Hex
            let ct: Hex?
            let tag: Hex?
        }
        struct Expected: Decodable {
            let testPassed: Bool?
        }
        let group: Group
        let prompt: Prompt
        let expected: Expected
    }

    @Test(arguments: AESEngine.here) func `agrees with Wycheproof`(engine: AESEngine) throws {
        let file = try Vectors.load("wycheproof/aes_gcm_test.json", as: Wycheproof<AEADRow>.self)
        let rows = file.rows { $0.keySize == 256 && $0.ivSize == 96 && $0.tagSize == 128 }
        let failures = rows.filter { row in
            let opened = engine.open(
                row.sealed, authenticating: row.aad.bytes, nonce: row.iv.bytes, key: row.key.bytes)
            guard row.isValid else { return opened != nil }
            let sealed = engine.seal(
                row.msg.bytes, authenticating: row.aad.bytes, nonce: row.iv.bytes,
                key: row.key.bytes)
            return opened != row.msg.bytes || sealed != row.sealed
        }
        #expect(failures.map(\.tcId) == [])
        #expect(rows.count == 34 && rows.count(where: \.isValid) == 20)
    }

    /// Other keys than of 256 bits (103 rows) and other nonces than of 96 bits (20) have no way in.
    @Test func `sets aside what Wycheproof has for other sizes`() throws {
        let file = try Vectors.load("wycheproof/aes_gcm_test.json", as: Wycheproof<AEADRow>.self)
        let otherKeys = file.rows { $0.keySize != 256 }
        let otherNonces = file.rows { $0.keySize == 256 && $0.ivSize != 96 }
        #expect(file.rows().count == file.numberOfTests && file.numberOfTests == 157)
        #expect(otherKeys.count == 103 && otherNonces.count == 20)
    }

    @Test(arguments: AESEngine.here) func `agrees with NIST`(engine: AESEngine) throws {
        let all = try Rows<ACVPRow>.of("acvp/ACVP-AES-GCM.json")
        let rows = all.filter { $0.group.keyLen == 256 && $0.group.tagLen == 128 }
        for row in rows {
            let (ct, tag) = (try #require(row.prompt.ct), try #require(row.prompt.tag))
            let opened = engine.open(
                ct.bytes + tag.bytes, authenticating: row.prompt.aad.bytes,
                nonce: row.prompt.iv.bytes, key: row.prompt.key.bytes)
            #expect((opened != nil) == row.expected.testPassed)
        }
        // 13 rows have other keys; 8 of the rest have tags of 32 to 120 bits, which are never
        // taken.
        #expect(all.count == 22 && rows.count == 1)
        #expect(all.count { $0.group.keyLen != 256 } == 13)
        #expect(all.count { $0.group.keyLen == 256 && $0.group.tagLen != 128 } == 8)
    }
}
