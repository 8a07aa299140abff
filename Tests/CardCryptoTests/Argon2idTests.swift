// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import Foundation
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Argon2id") struct Argon2idTests {
    /// A row of libsodium's: raw parameters, or a password hash as text.
    struct Row: Decodable {
        let tcId: Int
        let passwd: Hex?
        let salt: Hex?
        let outlen: Int?
        let opslimit: Int?
        let memlimit: Int?
        let out: Hex?
        let passwd_utf8: String?
        let encoded: String?
        let result: String
    }

    /// What one computation takes and gives.
    struct Run {
        let passphrase: [UInt8]
        let salt: [UInt8]
        let passes: Int
        let memoryByteCount: Int
        let lanes: Int
        let byteCount: Int
        let expected: [UInt8]?

        /// The key, or nil when libsodium refuses the parameters.
        var key: [UInt8]? {
            var key = [UInt8](repeating: 0, count: byteCount)
            var span = key.mutableSpan
            let isDone = Sodium.argon2id(
                passphrase.span, salt: salt.span, passes: passes,
                memoryByteCount: memoryByteCount, into: &span)
            return isDone ? key : nil
        }
    }

    /// A row of another carrier: enough of it to see why it has no way in.
    struct ForeignRow: Decodable {
        let type: String
        let p: Int
        let salt: Hex?
        let salt_utf8: String?

        var saltByteCount: Int { salt?.bytes.count ?? salt_utf8?.utf8.count ?? 0 }
    }

    @Test func `agrees with libsodium`() throws {
        let rows = try Rows<Row>.of("argon2/libsodium_argon2id.json")
        let runs = try rows.map { (row: $0, run: try Self.run(of: $0)) }
        let oneLane = runs.filter { $0.run.lanes == 1 }
        let failures = oneLane.filter { $0.run.key != $0.run.expected }
        #expect(failures.map(\.row.tcId) == [])
        // The row set aside has three lanes; of the others three state what must be refused.
        #expect(rows.count == 10 && oneLane.count == 9)
        #expect(oneLane.count { $0.run.expected == nil } == 3)
    }

    /// libsodium takes salts of 16 bytes, one lane, no secret and no associated data.
    @Test func `sets aside the rows that libsodium cannot take`() throws {
        let reference = try Rows<ForeignRow>.of("argon2/phc_argon2_ref.json")
        #expect(reference.count == 9)
        #expect(reference.allSatisfy { $0.saltByteCount == 8 })
        let rfc = try Rows<ForeignRow>.of("argon2/rfc9106.json")
        #expect(rfc.count == 3)
        #expect(rfc.allSatisfy { $0.p == 4 })
    }

    /// Computed by another implementation, OpenSSL's by way of Python's `cryptography` 48:
    ///
    ///     key = Argon2id(salt=bytes(range(16)), length=32, iterations=2, lanes=1,
    ///                    memory_cost=65536).derive(b"correct horse battery staple")
    ///     blake2b(frame(b"card-vault/1 key id", b"slot", b"\x01"), key=key, digest_size=32)
    @Test func `makes the key of a slot`() throws {
        let parameters = try #require(Argon2id(memory: 65_536, passes: 2))
        let key = try parameters.slotKey(
            from: Array("correct horse battery staple".utf8).span, salt: Array(0..<16),
            in: sampleSlab())
        #expect(
            key.id.description
                == "1f019c8e40d7fcff82c3c77f183ae56229e7faa3ea44a095510f5c4a54f839e6")
    }

    @Test(arguments: [65_535, 4_194_305, 0, -1, .max])
    func `refuses memory outside its bounds`(memory: Int) {
        #expect(Argon2id(memory: memory, passes: 3) == nil)
    }

    @Test(arguments: [1, 101, 0, -1, .max])
    func `refuses passes outside their bounds`(passes: Int) {
        #expect(Argon2id(memory: 65_536, passes: passes) == nil)
    }

    @Test(arguments: [(65_536, 2), (4_194_304, 100), (262_144, 3)])
    func `takes parameters within the bounds`(memory: Int, passes: Int) {
        let parameters = Argon2id(memory: memory, passes: passes)
        #expect(parameters?.memory == memory)
        #expect(parameters?.passes == passes)
    }

    @Test func `holds its standard within the bounds`() {
        let standard = Argon2id.standard
        #expect(Argon2id(memory: standard.memory, passes: standard.passes) == standard)
    }

    @Test func `traps on a salt of 15 bytes`() async {
        await #expect(processExitsWith: .trap) {
            let salt = [UInt8](repeating: 0, count: 15)
            _ = try Argon2id.standard.slotKey(from: [1].span, salt: salt, in: sampleSlab())
        }
    }

    private static func run(of row: Row) throws -> Run {
        if let encoded = row.encoded { return try run(of: encoded, row) }
        return Run(
            passphrase: try #require(row.passwd).bytes,
            salt: Array(try #require(row.salt).bytes.prefix(16)),
            passes: try #require(row.opslimit), memoryByteCount: try #require(row.memlimit),
            lanes: 1, byteCount: try #require(row.outlen), expected: row.out?.bytes)
    }

    /// Parses `$argon2id$v=19$m=4882,t=2,p=1$SALT$KEY`.
    private static func run(of encoded: String, _ row: Row) throws -> Run {
        let fields = encoded.split(separator: "$")
        try #require(fields.count == 5 && fields[0] == "argon2id" && fields[1] == "v=19")
        let numbers = fields[2].split(separator: ",").compactMap { Int($0.dropFirst(2)) }
        try #require(numbers.count == 3)
        let key = try base64(fields[4])
        return Run(
            passphrase: Array(try #require(row.passwd_utf8).utf8), salt: try base64(fields[3]),
            passes: numbers[1], memoryByteCount: numbers[0] * 1024, lanes: numbers[2],
            byteCount: key.count, expected: row.result == "valid" ? key : nil)
    }

    private static func base64(_ text: Substring) throws -> [UInt8] {
        let padded = text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Array(try #require(Data(base64Encoded: String(padded))))
    }
}
