// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime

/// Reads the text of a card number in one pass over its bytes.
///
/// Whether a text is a card number, and at which offset it is not, is public: this is the one place
/// that branches on a byte of it, and only on which of three kinds it is: digit, separator,
/// anything else.
enum PANParser {
    /// The digits as one number, on their way from a text to a cell.
    struct Number {
        var digitCount: Int = 0
        var value: UInt64 = 0
    }

    /// Parses ASCII digits with any spaces and hyphens between them.
    ///
    /// - Throws: `.notADigit`, else `.digitCount`, else `.checkDigit`.
    static func parse(_ text: Span<UInt8>, luhn: LuhnRule) throws(PANError) -> Number {
        var number = Number()
        var sum = LuhnSum()
        var endsInDigit = true  // no text at all is a matter of its digit count
        for offset in text.indices {
            let byte = text[offset]
            endsInDigit = ASCII.isDigit(byte)
            if endsInDigit {
                let digit = byte &- ASCII.zero
                // More than 19 digits overflow, which their count then answers for.
                number.value = number.value &* 10 &+ UInt64(digit)
                number.digitCount &+= 1
                sum.append(UInt32(digit))
            } else {
                let isSeparator = byte == ASCII.space || byte == ASCII.hyphen
                guard isSeparator, number.digitCount > 0 else { throw .notADigit(offset: offset) }
            }
        }
        guard endsInDigit else { throw .notADigit(offset: text.count - 1) }
        guard PackedPAN.digitCounts.contains(number.digitCount) else {
            throw .digitCount(number.digitCount)
        }
        // Public: the caller is told whether the number was taken.
        guard luhn == .ignored || sum.isValid.declassify() else { throw .checkDigit }
        return number
    }
}
