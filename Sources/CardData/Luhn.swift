// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime

/// Whether the check digit of a card number must be right.
public enum LuhnRule: Sendable, Equatable {
    /// A number that fails the check is refused.
    case required
    /// The check is not made. For the few brands that issue numbers without it, and for test data.
    case ignored
}

/// The sum of Luhn's check, taken digit by digit from the left, without a branch or a table.
///
/// The check doubles every second digit *from the right*, and how many digits there are is known
/// only at the end. So two sums are kept, for both ways the text may go on, and change places with
/// each digit.
///
/// Source: ISO/IEC 7812-1, annex B.
struct LuhnSum {
    /// The sum, were the digit before the end the last one.
    private var total: UInt32 = 0
    /// The sum, were one more digit to follow.
    private var shifted: UInt32 = 0

    /// Adds the next digit, a value 0–9.
    mutating func append(_ digit: UInt32) {
        (total, shifted) = (shifted &+ digit, total &+ LuhnSum.doubled(digit))
    }

    /// Whether the digits so far end in their check digit.
    var isValid: Choice { isZero(LuhnSum.remainder(total)) }

    /// Twice a digit, less nine where that has two digits: the sum of its digits.
    static func doubled(_ digit: UInt32) -> UInt32 {
        let carry = (digit &+ 3) &>> 3  // 1 from digit 5 on, else 0
        return digit &* 2 &- carry &* 9
    }

    /// `sum` modulo 10 by a reciprocal, as the processor's division takes longer for larger
    /// numbers.
    static func remainder(_ sum: UInt32) -> UInt32 {
        let tenth = (UInt64(sum) &* 0xCCCC_CCCD) &>> 35  // 2^35 / 10, rounded up
        return sum &- UInt32(truncatingIfNeeded: tenth) &* 10
    }
}
