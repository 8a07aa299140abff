// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import ConstantTime
internal import TestSupport
internal import Testing

@Suite("Card verification code") struct CardVerificationCodeTests {
    private struct Failure: Error, Equatable {}

    private func packed(_ digits: String) throws -> [UInt8] {
        try CardVerificationCode(digits.utf8.span).withPacked(array)
    }

    private func opened(_ bytes: [UInt8]) -> String? {
        let code = CardVerificationCode.opened { cell in
            for i in bytes.indices { cell[i] = bytes[i] }
        }
        return if let code { code.withDigits(string) } else { nil }
    }

    @Test(arguments: [3, 4]) func `lends the digits it was made of, for all`(count: Int) throws {
        let all = count == 3 ? 1_000 : 10_000
        for value in 0..<all {
            let digits = String(String(all + value).dropFirst())
            let code = try CardVerificationCode(digits.utf8.span)
            let found = code.digitCount
            #expect(found == count)
            #expect(code.withDigits(string) == digits)
        }
    }

    @Test(arguments: [0, 1, 2, 5, 6, 1_000])
    func `refuses a digit count outside 3 to 4`(count: Int) {
        let digits = String(repeating: "1", count: count)
        #expect(throws: CardVerificationCodeError.digitCount(count)) {
            _ = try CardVerificationCode(digits.utf8.span)
        }
    }

    @Test(arguments: 0..<4) func `refuses every byte that is no digit`(offset: Int) {
        for byte in UInt8.min...UInt8.max where !(0x30...0x39).contains(byte) {
            var digits = Array("1234".utf8)
            digits[offset] = byte
            #expect(throws: CardVerificationCodeError.notADigit(offset: offset)) {
                _ = try CardVerificationCode(digits.span)
            }
        }
    }

    @Test func `is the same as one of the same digits`() throws {
        let a = try CardVerificationCode("737".utf8.span)
        let b = try CardVerificationCode("737".utf8.span)
        let isSame = a.isSame(as: b).declassify()
        #expect(isSame)
    }

    @Test(arguments: ["738", "837", "7370", "0737"])
    func `is not the same as one of others`(digits: String) throws {
        let a = try CardVerificationCode("737".utf8.span)
        let b = try CardVerificationCode(digits.utf8.span)
        let isSame = a.isSame(as: b).declassify()
        #expect(!isSame)
    }

    @Test func `is packed as count, digits and zeros`() throws {
        #expect(hex(try packed("737")) == "0337333700")
        #expect(hex(try packed("7373")) == "0437333733")
    }

    @Test(arguments: ["000", "737", "0000", "7373"])
    func `is opened from no other bytes`(digits: String) throws {
        let good = try packed(digits)
        #expect(opened(good) == digits)
        for offset in good.indices {
            for value in UInt8.min...UInt8.max {
                var bytes = good
                bytes[offset] = value
                guard let digits = opened(bytes) else { continue }
                #expect(try packed(digits) == bytes)
            }
        }
    }

    @Test func `is none where nothing was opened`() { #expect(opened([]) == nil) }

    @Test func `passes on why it could not be opened`() {
        #expect(throws: Failure()) {
            _ = try CardVerificationCode.opened { _ throws(Failure) in throw Failure() }
        }
    }

    @Test func `passes on what a closure throws`() throws {
        let code = try CardVerificationCode("737".utf8.span)
        #expect(throws: Failure()) { try code.withDigits { _ throws(Failure) in throw Failure() } }
    }

    @Test func `says why in one sentence without a digit of it`() {
        #expect(
            CardVerificationCodeError.digitCount(5).description
                == "A card verification code has 3 or 4 digits, not 5.")
        #expect(
            CardVerificationCodeError.notADigit(offset: 2).description
                == "The byte at offset 2 of a card verification code is no digit.")
    }
}
