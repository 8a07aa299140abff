// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

/// HMAC-SHA-256; nil for a key that has no code.
private func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8]? {
    MACContext.hmacSHA256(key: key.span)?.code(of: message)
}

/// CMAC; nil for a key that has no code.
private func cmac(_ message: [UInt8], key: [UInt8]) -> [UInt8]? {
    MACContext.cmacAES(key: key.span)?.code(of: message)
}

extension MACContext {
    fileprivate consuming func code(of message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: codeByteCount)
        var span = code.mutableSpan
        authenticate(message.span, Span(), into: &span)
        return code
    }
}

/// A row of NIST's server: it states the code, or gives one and states whether it is right.
private struct ACVPRow: Decodable {
    struct Prompt: Decodable {
        let key: Hex
        let msg: Hex?
        let message: Hex?
        let mac: Hex?
    }
    struct Expected: Decodable {
        let mac: Hex?
        let testPassed: Bool?
    }
    let prompt: Prompt
    let expected: Expected

    var message: [UInt8] { (prompt.msg ?? prompt.message)?.bytes ?? [] }

    /// Whether `code` is what the row says of its message.
    func agrees(with code: [UInt8]?) -> Bool {
        if let mac = expected.mac { return code == mac.bytes }
        return (code == prompt.mac?.bytes) == expected.testPassed
    }
}

@Suite("HMAC-SHA-256") struct HMACSHA256Tests {
    /// Half of the rows have codes cut to 16 bytes: the first 16 of ours.
    @Test func `agrees with Wycheproof`() throws {
        let file = try Vectors.load(
            "wycheproof/hmac_sha256_test.json", as: Wycheproof<MACRow>.self)
        let failures = file.rows().filter { row in
            let code = hmac(row.msg.bytes, key: row.key.bytes)?.prefix(row.tag.bytes.count)
            return (code.map(Array.init) == row.tag.bytes) != row.isValid
        }
        #expect(failures.map(\.tcId) == [])
        #expect(file.rows().count == file.numberOfTests && file.numberOfTests == 86)
        #expect(file.rows().count(where: \.isValid) == 32)
        #expect(file.rows { $0.tagSize == 256 }.count == 44)
    }

    @Test func `agrees with NIST`() throws {
        let rows = try Rows<ACVPRow>.of("acvp/HMAC-SHA2-256.json")
        for row in rows {
            #expect(row.agrees(with: hmac(row.message, key: row.prompt.key.bytes)))
        }
        #expect(rows.count == 5)
    }

    @Test func `verifies whole codes alone`() throws {
        let file = try Vectors.load(
            "wycheproof/hmac_sha256_test.json", as: Wycheproof<MACRow>.self)
        let failures = file.rows { $0.keySize == 256 }.filter { row in
            let mac = HMACSHA256(key: row.key.bytes)
            let isWhole = row.tag.bytes.count == HMACSHA256.codeByteCount
            return mac.verifies(row.tag.bytes, for: row.msg.bytes) != (row.isValid && isWhole)
        }
        #expect(failures.map(\.tcId) == [])
    }

    @Test(arguments: [0, 1, 31, 33, 64]) func `refuses a code of another length`(count: Int) {
        let mac = HMACSHA256(key: sampleBytes)
        let code = mac.code(for: []) + mac.code(for: [])
        let isAccepted = mac.verifies(Array(code.prefix(count)), for: [])
        #expect(!isAccepted)
    }

    @Test func `gives one code for a message in two parts wherever it is cut`() {
        let mac = HMACSHA256(key: sampleBytes)
        let message = Array(UInt8(0)..<200)
        let codes = (0...200).map { cut in
            var code = [UInt8](repeating: 0, count: HMACSHA256.codeByteCount)
            var span = code.mutableSpan
            mac.authenticate(
                message.span.extracting(first: cut), message.span.extracting(droppingFirst: cut),
                into: &span)
            return code
        }
        let whole = mac.code(for: message)
        #expect(Set(codes) == [whole])
    }

    @Test func `has no code without a key`() {
        #expect(hmac([], key: []) == nil)
    }
}

@Suite("AES-CMAC") struct AESCMACTests {
    @Test func `agrees with Wycheproof`() throws {
        let file = try Vectors.load("wycheproof/aes_cmac_test.json", as: Wycheproof<MACRow>.self)
        let rows = file.rows { [128, 192, 256].contains($0.keySize) }
        let failures = rows.filter { row in
            (cmac(row.msg.bytes, key: row.key.bytes) == row.tag.bytes) != row.isValid
        }
        #expect(failures.map(\.tcId) == [])
        #expect(file.rows().count == file.numberOfTests && file.numberOfTests == 156)
        #expect(rows.count == 155 && rows.count(where: \.isValid) == 33)
    }

    /// The row that the test above leaves out: a key of 8 bytes.
    @Test func `refuses the key of another size in Wycheproof`() throws {
        let file = try Vectors.load("wycheproof/aes_cmac_test.json", as: Wycheproof<MACRow>.self)
        let rows = file.rows { ![128, 192, 256].contains($0.keySize) }
        #expect(rows.count == 1)
        #expect(rows.allSatisfy { cmac($0.msg.bytes, key: $0.key.bytes) == nil })
    }

    @Test func `agrees with NIST`() throws {
        let rows = try Rows<ACVPRow>.of("acvp/CMAC-AES.json")
        for row in rows {
            #expect(row.agrees(with: cmac(row.message, key: row.prompt.key.bytes)))
        }
        #expect(rows.count == 4)
    }
}
