// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

@Suite("Sealed box") struct SealedBoxTests {
    /// A travelling box of the right shape around `count` bytes of ciphertext.
    static func bytes(version: UInt8 = 1, suite: UInt8 = 1, count: Int = 9) -> [UInt8] {
        [version, suite] + Array(100..<132) + Array(200..<224)
            + [UInt8](repeating: 0x55, count: count) + Array(150..<166)
    }

    @Test(arguments: [1, 2], [0, 1, 9, 300])
    func `prints what it parsed`(suite: UInt8, count: Int) throws {
        let bytes = Self.bytes(suite: suite, count: count)
        let box = try SealedBox(bytes)
        #expect(box.bytes == bytes)
        #expect(box.suite.rawValue == suite)
        #expect(box.keyID.bytes == Array(100..<132))
        #expect(box.stored == [suite] + bytes.dropFirst(34))
    }

    @Test func `adds 74 bytes, 41 of them in the store`() {
        #expect(SealedBox.overhead == 74)
        #expect(StoredBox.overhead == 41)
        #expect(Self.bytes(count: 0).count == SealedBox.overhead)
    }

    @Test func `refuses fewer bytes than its overhead`() {
        for count in 0..<SealedBox.overhead {
            #expect(throws: OpenError.wrongSize(count: count)) {
                _ = try SealedBox(Array(Self.bytes().prefix(count)))
            }
        }
    }

    @Test func `refuses every version but the first`() {
        for version in UInt8.min...UInt8.max where version != 1 {
            #expect(throws: OpenError.unknownVersion(version)) {
                _ = try SealedBox(Self.bytes(version: version))
            }
        }
    }

    @Test func `refuses every suite but the two that seal`() {
        for suite in UInt8.min...UInt8.max where suite != 1 && suite != 2 {
            #expect(throws: OpenError.wrongSuite(suite)) {
                _ = try SealedBox(Self.bytes(suite: suite))
            }
        }
    }
}

@Suite("Golden boxes") struct GoldenBoxTests {
    /// A box that another implementation made: see `Tests/Interop/make_golden.py`.
    struct Row: Decodable, CustomTestStringConvertible {
        let suite: UInt8
        let key: Hex
        let keyID: Hex
        let vault: Hex
        let kind: String
        let scope: String
        let record: Hex
        let facts: [Hex]
        let nonce: Hex
        let associatedData: Hex
        let plaintext: Hex
        let box: Hex

        var testDescription: String { "suite \(suite)" }

        /// The paths of the row's suite.
        var paths: [SealingPath] { SealingPath.all.filter { $0.suite.rawValue == suite } }

        var binding: RecordBinding {
            get throws {
                let kind = try #require(RecordKind(rawValue: kind))
                return try Record(
                    vault: vault.bytes, kind: kind, scope: scope, record: record.bytes,
                    facts: facts.map(\.bytes)
                ).binding
            }
        }
    }

    static func rows() throws -> [Row] {
        let rows = try Rows<Row>.of("golden/sealed-box.json")
        try #require(rows.map(\.suite) == [1, 2])
        return rows
    }

    @Test func `open`() throws {
        for row in try Self.rows() {
            let box = try SealedBox(row.box.bytes)
            for path in row.paths {
                let opened = try path.sealer(row.key.bytes).open(box.stored, row.binding)
                #expect(opened == row.plaintext.bytes)
            }
        }
    }

    @Test func `are what is sealed under their nonces`() throws {
        for row in try Self.rows() {
            for path in row.paths {
                let sealed = try path.cipher(row.key.bytes).seal(
                    row.plaintext.bytes, authenticating: row.associatedData.bytes,
                    nonce: row.nonce.bytes)
                let header = [1, row.suite] + row.keyID.bytes
                #expect(header + row.nonce.bytes + sealed == row.box.bytes)
            }
        }
    }

    @Test func `name their keys`() throws {
        for row in try Self.rows() {
            let suite = try #require(Suite(rawValue: row.suite))
            let id = KeyID.of(row.key.bytes, purpose: .data, suite: suite)
            #expect(id.bytes == row.keyID.bytes)
            #expect(try SealedBox(row.box.bytes).keyID == id)
        }
    }

    @Test func `have the associated data of their records`() throws {
        for row in try Self.rows() {
            let box = try SealedBox(row.box.bytes)
            let header = BoxHeader(suite: box.suite, keyID: box.keyID)
            #expect(try row.binding.associatedData(header) == row.associatedData.bytes)
        }
    }
}
