// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import ConstantTime
internal import TestSupport
internal import Testing

@Suite("PAN") struct PANTests {
    @Test(arguments: [
        "4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111",
        "4 111  1111--1111 - 1111",
    ])
    func `takes spaces and hyphens between digits`(_ number: String) throws {
        #expect(text(try PAN(number)) == "4111111111111111")
    }

    @Test func `takes bytes`() throws {
        let number = Array("378282246310005".utf8)
        #expect(text(try PAN(number.span)) == "378282246310005")
    }

    @Test(arguments: [
        (" 4111111111111111", 0), ("-4111111111111111", 0), ("4111111111111111 ", 16),
        ("4111111111111111-", 16), ("4111111111111111\n", 16), ("4111_1111_1111_1111", 4),
        ("4111.1111", 4), ("4111\u{0}1111", 4), ("４111111111111111", 0), ("x", 0), ("-", 0),
        ("4111 1111 1111 111O", 18), ("4111/1111", 4), ("4111:1111", 4),
    ])
    func `refuses other bytes and separators at the ends`(_ number: String, offset: Int) {
        #expect(throws: PANError.notADigit(offset: offset)) { _ = try PAN(number) }
        #expect(throws: PANError.notADigit(offset: offset)) { _ = try PAN(number, luhn: .ignored) }
    }

    @Test(arguments: [0, 1, 7, 20, 21, 40, 1_000])
    func `refuses a digit count outside 8 to 19`(count: Int) {
        let number = String(repeating: "0", count: count)
        #expect(throws: PANError.digitCount(count)) { _ = try PAN(number) }
    }

    @Test func `refuses every wrong check digit`() throws {
        for digit in 0...9 where digit != 1 {
            #expect(throws: PANError.checkDigit) { _ = try PAN("411111111111111\(digit)") }
        }
    }

    @Test func `takes a wrong check digit where Luhn is ignored`() throws {
        let pan = try PAN("4111111111111112", luhn: .ignored)
        let passes = pan.passesLuhn
        #expect(!passes)
    }

    @Test(arguments: 8...19)
    func `lends the digits it was made of`(count: Int) throws {
        var generator = SeededRandom(seed: UInt64(count))
        for _ in 0..<200 {
            let digits = generator.digits(count)
            let pan = try PAN(digits, luhn: .ignored)
            let (found, passes) = (pan.digitCount, pan.passesLuhn)
            #expect(text(pan) == digits)
            #expect(found == count)
            #expect(passes == passesLuhnByTheBook(digits))
        }
    }

    @Test(arguments: 8...19)
    func `requires Luhn as the books tell it`(count: Int) throws {
        var generator = SeededRandom(seed: 100 + UInt64(count))
        for _ in 0..<500 {
            let digits = generator.digits(count)
            let isTaken = (try? PAN(digits)) != nil
            #expect(isTaken == passesLuhnByTheBook(digits))
        }
    }

    @Test func `is the same as one of the same digits`() throws {
        let a = try PAN("4111111111111111")
        let b = try PAN("4111 1111 1111 1111")
        let isSame = a.isSame(as: b).declassify()
        #expect(isSame)
    }

    @Test func `is not the same as one of other digits`() throws {
        let a = try PAN("4111111111111111")
        let b = try PAN("4012888888881881")
        let isSame = a.isSame(as: b).declassify()
        #expect(!isSame)
    }

    @Test func `is not the same as one with more leading zeros`() throws {
        let a = try PAN("00000000")
        let b = try PAN("000000000")
        let isSame = a.isSame(as: b).declassify()
        #expect(!isSame)
    }

    @Test func `keeps leading zeros`() throws {
        #expect(text(try PAN("0000000000000000000")) == "0000000000000000000")
    }

    @Test(arguments: 8...19)
    func `tells six digits from 13 on, and eight of 16`(count: Int) throws {
        let number = String("1234567890123456789".prefix(count))
        let pan = try PAN(number, luhn: .ignored)
        let (six, eight) = (pan.bin(digits: 6), pan.bin(digits: 8))
        #expect(six?.description == (count >= 13 ? "123456" : nil))
        #expect(eight?.description == (count == 16 ? "12345678" : nil))
    }

    @Test(arguments: [
        (8, "78"), (9, "789"), (10, "890"), (11, "901"), (12, "9012"), (16, "3456"), (19, "6789"),
    ])
    func `tells the last four, fewer of a short number`(count: Int, expected: String) throws {
        let number = String("1234567890123456789".prefix(count))
        let found = try PAN(number, luhn: .ignored).lastFour
        #expect(found == expected)
    }

    @Test func `passes on what a closure throws`() throws {
        let pan = try PAN("4111111111111111")
        #expect(throws: PANError.checkDigit) {
            try pan.withDigits { _ throws(PANError) in throw .checkDigit }
        }
    }

    @Test func `stops on a BIN of seven digits`() async {
        await #expect(processExitsWith: .failure) {
            let pan = try PAN("4111111111111111")
            _ = pan.bin(digits: 7)
        }
    }

    @Test(arguments: [
        (PANError.notADigit(offset: 3), "The byte at offset 3 has no place in a card number."),
        (.digitCount(7), "A card number has 8 to 19 digits, not 7."),
        (.checkDigit, "The check digit of the card number is wrong."),
        (.notPacked, "The stored bytes are not a packed card number."),
        (.notOpened, "No card number could be opened into this row."),
    ])
    func `explains a refusal in one sentence`(_ error: PANError, sentence: String) {
        #expect(error.description == sentence)
    }
}

@Suite("BIN") struct BINTests {
    @Test func `keeps leading zeros`() throws {
        let bin = try PAN("0012340000000000", luhn: .ignored).bin(digits: 6)
        #expect(bin?.description == "001234")
        #expect(bin?.value == 1234)
        #expect(bin?.digitCount == 6)
    }

    @Test func `of six digits is not one of eight`() throws {
        let pan = try PAN("0000000000000000")
        let (six, eight) = (pan.bin(digits: 6), pan.bin(digits: 8))
        #expect(six != eight)
    }
}
