// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("XAES-256-GCM") struct XAES256GCMTests {
    struct Row: Decodable {
        let tcId: Int
        let key: Hex
        let nonce: Hex
        let aad: Hex
        let pt: Hex
        let ct: Hex
        let L: Hex
        let K1: Hex
        let Kx: Hex
    }

    /// Many seals over inputs from one stream, hashed to one digest.
    struct Accumulated: Decodable {
        let iterations: Int
        let digest: Hex
    }

    static let paths = SealingPath.all.filter { $0.suite == .xaes256GCM }

    @Test(arguments: paths) func `agrees with its specification`(path: SealingPath) throws {
        let rows = try Rows<Row>.of("xaes256gcm/xaes256gcm.json")
        for row in rows {
            let cipher = try path.cipher(row.key.bytes)
            let (aad, nonce) = (row.aad.bytes, row.nonce.bytes)
            let sealed = cipher.seal(row.pt.bytes, authenticating: aad, nonce: nonce)
            let opened = cipher.open(row.ct.bytes, authenticating: aad, nonce: nonce)
            #expect(sealed == row.ct.bytes)
            #expect(opened == row.pt.bytes)
        }
        #expect(rows.count == 2)
    }

    @Test func `derives the keys of its specification`() throws {
        for row in try Rows<Row>.of("xaes256gcm/xaes256gcm.json") {
            let xaes = try XAES256GCM(
                key: row.key.bytes.span, engine: .software, in: sampleSlab())
            let derived = xaes.withDerivedKey(for: row.nonce.bytes.span) { key in
                key.indices.map { key[$0] }
            }
            #expect(derived == row.Kx.bytes)
        }
    }

    @Test func `agrees with its specification over 10,000 random inputs`() throws {
        let row = try Vectors.load("xaes256gcm/accumulated.json", as: Accumulated.self)
        var (input, output) = (SHAKE128(), Self.paths.map { _ in SHAKE128() })
        var wrong = 0
        for _ in 0..<row.iterations {
            let key = input.squeeze(32)
            let nonce = input.squeeze(24)
            let plaintext = input.squeeze(Int(input.squeeze(1)[0]))
            let aad = input.squeeze(Int(input.squeeze(1)[0]))
            for (i, path) in Self.paths.enumerated() {
                let cipher = try path.cipher(key)
                let sealed = cipher.seal(plaintext, authenticating: aad, nonce: nonce)
                let opened = cipher.open(sealed, authenticating: aad, nonce: nonce)
                if opened != plaintext { wrong += 1 }
                output[i].absorb(sealed)
            }
        }
        #expect(row.iterations == 10_000 && wrong == 0)
        for i in output.indices { #expect(output[i].squeeze(32) == row.digest.bytes) }
    }

    @Test func `gives one box by either engine`() throws {
        var random = SeededRandom(seed: 3)
        let failures = try (0..<1000).filter { _ in
            let (key, nonce) = (random.bytes(count: 32), random.bytes(count: 24))
            let plaintext = random.bytes(count: Int.random(in: 0...300, using: &random))
            let aad = random.bytes(count: Int.random(in: 0...300, using: &random))
            let boxes = try Self.paths.map { path in
                let cipher = try path.cipher(key)
                return cipher.seal(plaintext, authenticating: aad, nonce: nonce)
            }
            return Set(boxes).count != 1
        }
        #expect(failures == [])
    }

    /// The first 12 bytes choose the key, the last 12 are the nonce under it.
    @Test(arguments: paths) func `depends on every byte of the nonce`(path: SealingPath) throws {
        let cipher = try path.cipher()
        let sealed = Set(
            (0...24).map { i in
                var nonce = [UInt8](repeating: 0, count: 25)
                nonce[i] = 1  // the last is beyond the nonce and changes nothing
                return cipher.seal(
                    samplePlaintext, authenticating: [], nonce: Array(nonce.prefix(24)))
            })
        #expect(sealed.count == 25)
    }

    @Test func `traps on a nonce of 12 bytes`() async {
        await #expect(processExitsWith: .trap) {
            let cipher = try SealingPath(suite: .xaes256GCM, engine: .software).cipher()
            _ = cipher.seal([1], authenticating: [], nonce: Array(repeating: 0, count: 12))
        }
    }
}

@Suite("Suites") struct SuiteTests {
    @Test func `have the numbers of the wire format`() {
        #expect(Suite.allCases.map(\.rawValue) == [1, 2, 16, 17])
    }

    @Test func `are two that seal boxes`() {
        #expect(Suite.allCases.filter(\.sealsBoxes) == [.xchacha20Poly1305, .xaes256GCM])
    }

    @Test func `prefer AES where the processor has it`() {
        #expect(Suite.preferred == (Sodium.hasAES ? .xaes256GCM : .xchacha20Poly1305))
    }

    @Test func `run by instructions wherever there are any`() {
        #expect(AESEngine.choose(allowingSoftware: true, hasInstructions: true) == .instructions)
        #expect(AESEngine.choose(allowingSoftware: false, hasInstructions: true) == .instructions)
    }

    @Test func `run in software only where that is allowed`() {
        #expect(AESEngine.choose(allowingSoftware: true, hasInstructions: false) == .software)
        #expect(AESEngine.choose(allowingSoftware: false, hasInstructions: false) == nil)
    }
}
