// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import TestSupport
internal import Testing

@Suite("Token") struct TokenTests {
    static let texts = [
        "tok_00000000000000000000000000", "tok_7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "tok_01JZK4C8Q9W2E5R7T0Y3VXB6NM", "00000000", "99999999", "4111111111111112",
        "0000000000000000000", "9999999999999999999",
    ]

    private static func token(_ stored: [UInt8]) -> Token? { Token(stored: stored.span) }

    @Test(arguments: texts) func `prints what it was parsed from`(_ text: String) throws {
        #expect(try Token(text).description == text)
    }

    @Test(arguments: texts)
    func `with any byte changed is refused or another token`(_ text: String) throws {
        let token = try Token(text)
        var (bytes, parsedCount) = (Array(text.utf8), 0)
        for place in bytes.indices {
            let right = bytes[place]
            for byte in UInt8.min...UInt8.max where byte != right {
                bytes[place] = byte
                guard let other = try? Token(bytes.span) else { continue }
                #expect(other != token)
                #expect(Array(other.description.utf8) == bytes)
                parsedCount += 1
            }
            bytes[place] = right
        }
        // The first of 26 characters has 8 values, the others 32; a digit has 10.
        #expect(parsedCount == (text.hasPrefix("t") ? 7 + 25 * 31 : 9 * text.count))
    }

    @Test(arguments: [
        "", "tok_", "tok_0000000000000000000000000", "tok_000000000000000000000000000",
        "tok_80000000000000000000000000", "TOK_00000000000000000000000000",
        "tok-00000000000000000000000000", "tok_0000000000000000000000000i",
        "tok_0000000000000000000000000I", "tok_0000000000000000000000000l",
        "tok_0000000000000000000000000L", "tok_0000000000000000000000000o",
        "tok_0000000000000000000000000O", "tok_0000000000000000000000000u",
        "tok_0000000000000000000000000U", "tok_0000000000000000000000000a",
        " tok_00000000000000000000000000", "1234567", "12345678901234567890", "1234 5678",
        "1234567a", "+12345678", "１２３４５６７８",
    ])
    func `has one text`(_ text: String) {
        #expect(throws: TokenError.self) { try Token(text) }
    }

    @Test func `says where it does not fit, and not what`() {
        for (text, offset) in [
            ("tak_00000000000000000000000000", 1), ("tok_80000000000000000000000000", 4),
            ("tok_0000000000000000000000000u", 29), ("4111x111", 4), ("123", 3),
        ] {
            #expect(throws: TokenError(offset: offset)) { try Token(text) }
        }
        let sentence = TokenError(offset: 4).description
        #expect(sentence == "This is no token: byte 4 does not fit.")
    }

    @Test func `comes back from its stored key`() throws {
        var random = SeededRandom(seed: 3)
        var tokens = try Self.texts.map { try Token($0) }
        for _ in 0..<200 {
            tokens.append(Token(opaque: random.next(), random.next()))
            let count = Int.random(in: 8...18, using: &random)
            let limit = (0..<count).reduce(UInt64(1)) { power, _ in power * 10 }
            tokens.append(Token(digits: random.next() % limit, count: count))
        }
        for token in tokens {
            #expect(token.stored.count == Token.storedByteCount)
            #expect(Self.token(token.stored) == token)
            #expect(try Token(token.description) == token)
        }
        #expect(
            tokens.sorted().map(\.stored)
                == tokens.map(\.stored).sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test func `has one stored key`() throws {
        let opaque = Token(opaque: 1, 2).stored
        let digits = Token(digits: 12_345_678, count: 8).stored
        #expect(digits == [2, 8, 0, 0, 0, 0, 0, 0xbc, 0x61, 0x4e, 0, 0, 0, 0, 0, 0, 0])
        for tag in UInt8.min...UInt8.max where tag != 1 && tag != 2 {
            #expect(Self.token([tag] + opaque.dropFirst()) == nil)
        }
        for count in UInt8.min...UInt8.max where !(8...19).contains(count) {
            #expect(Self.token([2, count] + digits.dropFirst(2)) == nil)
        }
        for place in 10..<17 {
            var bytes = digits
            bytes[place] = 1
            #expect(Self.token(bytes) == nil)
        }
        // A value of more digits than the count.
        #expect(Self.token([2, 8, 0, 0, 0, 0, 5, 0xf5, 0xe1, 0] + [0, 0, 0, 0, 0, 0, 0]) == nil)
        #expect(Self.token(Array(opaque.dropLast())) == nil)
        #expect(Self.token(opaque + [0]) == nil)
    }

    @Test(arguments: TokenFormat.allCases)
    func `format comes back from its number`(_ format: TokenFormat) {
        #expect(TokenFormat(code: format.code) == format)
        #expect(TokenFormat(code: 0) == nil)
        #expect(TokenFormat(code: 6) == nil)
    }

    @Test func `is made of no fewer than eight digits`() async {
        await #expect(processExitsWith: .failure) { _ = Token(digits: 0, count: 7) }
    }

    @Test func `is made of no more digits than it says`() async {
        await #expect(processExitsWith: .failure) { _ = Token(digits: 100_000_000, count: 8) }
    }
}
