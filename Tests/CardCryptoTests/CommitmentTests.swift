// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import Testing

/// Neither cipher commits to its key: these open under two. A box does, by naming its key.
@Suite("Ciphertexts made for two keys") struct CommitmentTests {
    struct Row: Decodable {
        let tcId: Int
        let alg: String
        let nonce: Hex
        let aad: Hex
        let ciphertextAndTag: Hex
        let keys: [Hex]
        let plaintexts: [Hex]

        var suite: Suite { alg == "AES-256-GCM" ? .xaes256GCM : .xchacha20Poly1305 }

        /// A travelling box around the ciphertext that names the key with this index. The 12 bytes
        /// of an AES-256-GCM nonce are the last 12 of XAES-256-GCM's.
        func box(naming index: Int) throws -> SealedBox {
            let id = KeyID.of(keys[index].bytes, purpose: .data, suite: suite)
            let nonce = [UInt8](repeating: 0, count: 24 - nonce.bytes.count) + nonce.bytes
            return try SealedBox(
                [1, suite.rawValue] + id.bytes + nonce + ciphertextAndTag.bytes)
        }
    }

    @Test func `open under both keys with the bare cipher`() throws {
        let rows = try Rows<Row>.of("commitment/two_key_ciphertexts.json")
        for row in rows {
            for (key, plaintext) in zip(row.keys, row.plaintexts) {
                #expect(try opens(row, under: key.bytes).allSatisfy { $0 == plaintext.bytes })
            }
            #expect(row.keys.count == 2 && row.plaintexts[0].bytes != row.plaintexts[1].bytes)
        }
        #expect(rows.count == 4 && rows.count { $0.suite == .xaes256GCM } == 2)
    }

    @Test func `are refused in a box by both keys`() throws {
        let binding = try Record().binding
        for row in try Rows<Row>.of("commitment/two_key_ciphertexts.json") {
            for (key, path) in pairs(row.keys, SealingPath.all) where path.suite == row.suite {
                let stored = try row.box(naming: 0).stored
                let refusal = try path.sealer(key.bytes).refusal(of: stored, as: binding)
                #expect(refusal == .notAuthentic)
            }
        }
    }

    /// What two keys would have to open is not the same: each has its own associated data.
    @Test func `meet other associated data under each key`() throws {
        let binding = try Record().binding
        for row in try Rows<Row>.of("commitment/two_key_ciphertexts.json") {
            let boxes = try [row.box(naming: 0), row.box(naming: 1)]
            let data = boxes.map {
                binding.associatedData(BoxHeader(suite: $0.suite, keyID: $0.keyID))
            }
            #expect(data[0] != data[1])
        }
    }

    @Test func `are turned away by the key that the box does not name`() throws {
        let rows = try Rows<Row>.of("commitment/two_key_ciphertexts.json")
        let binding = try Record().binding
        for row in rows where row.suite == .xchacha20Poly1305 {
            for (named, used) in [(0, 1), (1, 0)] {
                let box = try row.box(naming: named)
                let key = try sampleWrappingKey(row.keys[used].bytes)
                #expect(throws: UnwrapError.box(.wrongKey(box.keyID))) {
                    _ = try key.unwrap(box, as: binding, in: sampleSlab())
                }
            }
        }
    }

    /// What the bare cipher makes of a row, by every engine.
    private func opens(_ row: Row, under key: [UInt8]) throws -> [[UInt8]?] {
        let (sealed, aad, nonce) = (row.ciphertextAndTag.bytes, row.aad.bytes, row.nonce.bytes)
        if row.suite == .xaes256GCM {
            return AESEngine.here.map {
                $0.open(sealed, authenticating: aad, nonce: nonce, key: key)
            }
        }
        let cipher = try XChaCha20Poly1305Tests.path.cipher(key)
        return [cipher.open(sealed, authenticating: aad, nonce: nonce)]
    }

    private func pairs<A, B>(_ a: [A], _ b: [B]) -> [(A, B)] {
        a.flatMap { first in b.map { (first, $0) } }
    }
}
