// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

@Suite("Seal key") struct SealKeyTests {
    static func key(_ bytes: [UInt8] = sampleBytes) throws -> SealKey {
        SealKey(try sampleKey(bytes, purpose: .seal, suite: .hmacSHA256))
    }

    static let row = {
        var row = Frame("card-vault/1 row")
        row.append("settings")
        return row
    }()

    /// Computed with Python, `frame` as for the key id:
    ///
    ///     hmac.new(bytes(range(32)), frame(b"card-vault/1 row", b"settings"),
    ///              "sha256").hexdigest()
    @Test func `gives the code of a framed row`() throws {
        #expect(
            try hex(Self.key().code(for: Self.row))
                == "f712562a0fc45950d0e2f4a0bb31e0e0804d1cdf08802d51850822488a659140")
    }

    @Test func `verifies its own code`() throws {
        let key = try Self.key()
        let isAccepted = key.verifies(key.code(for: Self.row), for: Self.row)
        #expect(isAccepted)
    }

    @Test func `refuses a code with any bit altered`() throws {
        let key = try Self.key()
        let code = key.code(for: Self.row)
        let accepted = (0..<256).filter { bit in
            var code = code
            code[bit / 8] ^= 1 << (bit % 8)
            return key.verifies(code, for: Self.row)
        }
        #expect(accepted.isEmpty)
    }

    @Test func `refuses the code of another row and of another key`() throws {
        let key = try Self.key()
        let other = try Self.key(KeyEncryptionKeyTests.other)
        var longer = Self.row
        longer.appendAbsent()
        let accepted = [
            key.verifies(key.code(for: longer), for: Self.row),
            key.verifies(other.code(for: Self.row), for: Self.row),
        ]
        #expect(accepted == [false, false])
    }

    @Test(arguments: [0, 31, 33]) func `refuses a code of another length`(count: Int) throws {
        let key = try Self.key()
        let code = Array((key.code(for: Self.row) + [0]).prefix(count))
        let isAccepted = key.verifies(code, for: Self.row)
        #expect(!isAccepted)
    }

    @Test func `knows its id`() throws {
        let id = KeyID.of(sampleBytes, purpose: .seal, suite: .hmacSHA256)
        let key = try Self.key()
        #expect(key.id == id)
    }

    @Test func `traps on a key of another purpose`() async {
        await #expect(processExitsWith: .trap) {
            _ = SealKey(try sampleKey(purpose: .audit, suite: .hmacSHA256))
        }
    }

    @Test func `traps on a key of another suite`() async {
        await #expect(processExitsWith: .trap) {
            _ = SealKey(try sampleKey(purpose: .seal, suite: .xchacha20Poly1305))
        }
    }
}
