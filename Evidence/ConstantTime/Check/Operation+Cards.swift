// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import ConstantTime

/// What is done with the digits of card numbers. How many there are is public, as is where a text
/// has separators, and what a truncation keeps.
extension Operation {
    private static let number = "4111111111111111"

    static let cards = [
        Operation("PAN parse") {
            let pan = try PAN(Secret.digits("4111 1111-1111 1111").span)
            require(pan.digitCount == 16, "sixteen digits are parsed")
        },
        Operation("PAN parse, wrong check digit") {
            var isTaken = true
            do throws(PANError) {
                _ = try PAN(Secret.digits("4111111111111112").span)
            } catch {
                isTaken = error != .checkDigit
            }
            require(!isTaken, "a wrong check digit is refused")
        },
        Operation("Luhn of a packed number") {
            let pan = try PAN(Secret.digits("6304000000000000").span, luhn: .ignored)
            require(pan.passesLuhn, "the check digit is right")
        },
        Operation("digits packed and unpacked") {
            let pan = try PAN(Secret.digits(number).span)
            pan.withDigits { digits in
                Secret.release(digits)
                require(digits[0] == 0x34 && digits[15] == 0x31, "digits come out as they went in")
            }
        },
        Operation("PAN mask") {
            let pan = try PAN(Secret.digits(number).span)
            let display = pan.display(.firstSixLastFour)
            require(display.stored == "411111******1111", "a number is masked")
        },
        Operation("PAN: BIN, brand, last four") {
            let pan = try PAN(Secret.digits(number).span)
            require(pan.bin(digits: 8)?.value == 41_111_111, "the BIN is read")
            require(pan.brand == .visa && pan.lastFour == "1111", "brand and last four are read")
        },
        Operation("PANs compared") {
            let a = try PAN(Secret.digits(number).span)
            let b = try PAN(Secret.digits("4111111111111129").span, luhn: .ignored)
            require(a.isSame(as: a).declassify(), "a number is itself")
            require(!a.isSame(as: b).declassify(), "two numbers are two")
        },
        Operation("card batch: append, digits, mask") {
            var batch = CardBatch(capacity: 2)
            batch.append(Secret.digits(number).span)
            batch.append(Secret.digits("5555555555554444").span)
            require(batch.display(at: 1, .firstSixLastFour).stored.hasSuffix("4444"), "masked")
            batch.withDigits(at: 0) { Secret.release($0) }
        },
        Operation("card verification code: parse, compare") {
            let a = try CardVerificationCode(Secret.digits("123").span)
            let b = try CardVerificationCode(Secret.digits("124").span)
            require(!a.isSame(as: b).declassify(), "two codes are two")
        },
    ]
}
