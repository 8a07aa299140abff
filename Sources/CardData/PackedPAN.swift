// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime
internal import SecretMemory

/// The packed form of a card number: `digit count (1) ‖ value (8)`, big-endian; nine bytes for
/// each.
///
/// ``PAN`` and ``CardBatch`` keep their numbers so and read them here. The digit count is public,
/// the value is not: its digits come out by multiplication, as a division takes longer for larger
/// numbers.
enum PackedPAN {
    static let byteCount = 9

    /// How many digits a card number has (ISO/IEC 7812-1).
    static let digitCounts = 8...19

    /// Ten to the power of 0 to 19.
    private static let powersOfTen: [UInt64] = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
        10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000,
        100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    /// Writes `number` into the nine bytes of `bytes` that begin at `offset`.
    static func write(
        _ number: PANParser.Number, to bytes: inout MutableSpan<UInt8>, at offset: Int
    ) {
        bytes[offset] = UInt8(number.digitCount)
        for i in 0..<8 {
            let shifted = number.value &>> UInt64(56 &- 8 &* i)
            bytes[offset + 1 + i] = UInt8(truncatingIfNeeded: shifted)
        }
    }

    /// Whether `bytes` are nine, count 8 to 19 digits, and hold no value of more digits than that.
    static func isPacked(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count == byteCount, digitCounts.contains(digitCount(bytes)) else {
            return false
        }
        // Public: no number that was ever packed answers no.
        return isLess(value(bytes), powersOfTen[digitCount(bytes)]).declassify()
    }

    static func digitCount(_ packed: Span<UInt8>) -> Int { Int(packed[0]) }

    static func value(_ packed: Span<UInt8>) -> UInt64 {
        var value: UInt64 = 0
        for i in 1..<byteCount { value = value &<< 8 | UInt64(packed[i]) }
        return value
    }

    /// The first `count` digits as a number; at most 8 of them.
    static func prefix(_ packed: Span<UInt8>, digitCount count: Int) -> UInt32 {
        var rest = value(packed)
        for _ in count..<digitCount(packed) { rest = tenth(rest) }
        // Public: the first digits name the issuer, and a truncation keeps them.
        return declassify(UInt32(truncatingIfNeeded: rest))
    }

    /// The last `count` digits as a number; at most 9 of them.
    static func suffix(_ packed: Span<UInt8>, digitCount count: Int) -> UInt32 {
        let whole = value(packed)
        var rest = whole
        for _ in 0..<count { rest = tenth(rest) }
        // Public: a truncation keeps the last digits.
        return declassify(UInt32(truncatingIfNeeded: whole &- rest &* powersOfTen[count]))
    }

    /// Whether the last digit checks the others.
    static func passesLuhn(_ packed: Span<UInt8>) -> Choice {
        var rest = value(packed)
        var sum: UInt32 = 0
        for place in 0..<digitCount(packed) {
            let digit = lastDigit(&rest)
            sum &+= place.isMultiple(of: 2) ? digit : LuhnSum.doubled(digit)
        }
        return isZero(LuhnSum.remainder(sum))
    }

    /// The digits as ASCII, in a cell of their own.
    static func digits(_ packed: Span<UInt8>) -> WipedBytes {
        var rest = value(packed)
        var digits = WipedBytes(count: digitCount(packed))
        digits.withMutableBytes { text in
            for i in text.indices.reversed() {
                text[i] = ASCII.zero &+ UInt8(truncatingIfNeeded: lastDigit(&rest))
            }
        }
        return digits
    }

    /// Takes the last digit off `rest` and returns it.
    private static func lastDigit(_ rest: inout UInt64) -> UInt32 {
        let whole = rest
        rest = tenth(whole)
        return UInt32(truncatingIfNeeded: whole &- rest &* 10)
    }

    /// A tenth of `value`, rounded down; exact for every 64-bit number (Hacker's Delight, 10-9).
    private static func tenth(_ value: UInt64) -> UInt64 {
        value.multipliedFullWidth(by: 0xCCCC_CCCC_CCCC_CCCD).high &>> 3  // 2^67 / 10, rounded up
    }
}
