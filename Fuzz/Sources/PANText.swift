// SPDX-License-Identifier: Apache-2.0
internal import CardVault
@testable internal import CardData

extension Target {
    /// The text of a card number.
    static let pan = Target(name: "pan") { text in
        do throws(PANError) {
            accepted(try PAN(text.span), from: text)
        } catch {
            refused(text, error)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func accepted(_ pan: borrowing PAN, from text: [UInt8]) {
        taken()
        let digits = text.filter(isDigit)
        claim((8...19).contains(digits.count), "a card number has 8 to 19 digits")
        claim(pan.digitCount == digits.count, "no digit is counted twice or left out")
        claim(text.allSatisfy { isDigit($0) || $0 == 0x20 || $0 == 0x2d }, "nothing else is in it")
        claim(isDigit(text[0]) && isDigit(text[text.count - 1]), "separators are between digits")
        claim(passesLuhn(digits) && pan.passesLuhn, "the check digit is right")
        claim(pan.withDigits { copy($0) } == digits, "the digits come out as they went in")
        let display = pan.display(.firstSixLastFour).stored.utf8
        claim(display.filter(isDigit).count <= 10, "a masked number has ten digits at most")
        claim(display.count == digits.count, "a masked number has its length")
        claim(digits.suffix(pan.lastFour.utf8.count) == Array(pan.lastFour.utf8)[...], "last four")
        let packed = pan.withPacked { copy($0) }
        let again = try? PAN(packed: packed.span)
        claim(again?.withDigits { copy($0) } == digits, "what is packed is the same number")
        plant(
            pan.brand == .americanExpress
                && [0x31, 0x33, 0x37].contains(digits[digits.count - 1]))
    }

    private static func refused(_ text: [UInt8], _ error: PANError) {
        switch error {
        case .notADigit(let offset): claim(!isDigit(text[offset]), "the offset names no digit")
        case .digitCount(let count):
            claim(count == text.count(where: isDigit), "the digits are counted")
            claim(!(8...19).contains(count), "a count that is refused is out of bounds")
        case .checkDigit:
            claim(!passesLuhn(text.filter(isDigit)), "a check digit that is refused is wrong")
            claim((try? PAN(text.span, luhn: .ignored)) != nil, "it is all that is wrong")
        case .notPacked, .notOpened: claim(false, "a text is not judged as what is stored")
        }
    }

    private static func passesLuhn(_ digits: [UInt8]) -> Bool {
        let sum = digits.reversed().enumerated().reduce(0) { sum, next in
            let digit = Int(next.element - 0x30) * (next.offset.isMultiple(of: 2) ? 1 : 2)
            return sum + digit / 10 + digit % 10
        }
        return sum.isMultiple(of: 10)
    }
}
