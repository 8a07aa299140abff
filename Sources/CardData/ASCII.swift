// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime

/// The few characters that card data is written in. For public digits: of secret ones only whether
/// they are digits is asked here.
enum ASCII {
    static let space: UInt8 = 0x20
    static let percent: UInt8 = 0x25
    static let asterisk: UInt8 = 0x2A
    static let hyphen: UInt8 = 0x2D
    static let slash: UInt8 = 0x2F
    static let zero: UInt8 = 0x30
    static let five: UInt8 = 0x35
    static let nine: UInt8 = 0x39
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D
    static let questionMark: UInt8 = 0x3F
    static let letterB: UInt8 = 0x42
    static let letterD: UInt8 = 0x44
    static let caret: UInt8 = 0x5E

    /// Whether `byte` is a decimal digit.
    static func isDigit(_ byte: UInt8) -> Bool {
        // Public: whether a text is of digits, and where it is not, every parser tells.
        isLess(byte &- zero, 10).declassify()
    }

    /// The value of a decimal digit, or nil for any other byte.
    static func digit(_ byte: UInt8) -> UInt32? {
        let value = byte &- zero
        return value < 10 ? UInt32(value) : nil
    }

    /// The number that decimal digits mean; at most 9 of them.
    static func number(_ digits: Span<UInt8>) -> UInt32 {
        var number: UInt32 = 0
        for i in digits.indices { number = number * 10 + UInt32(digits[i] - zero) }
        return number
    }

    /// Writes the digits of `value`, with leading zeros, over the characters in `range`.
    static func write(_ value: UInt32, to text: inout [UInt8], in range: Range<Int>) {
        var rest = value
        for i in range.reversed() {
            text[i] = zero + UInt8(rest % 10)
            rest /= 10
        }
    }

    /// `value` as `count` digits, with leading zeros.
    static func text(_ value: UInt32, digitCount count: Int) -> String {
        var text = [UInt8](repeating: zero, count: count)
        write(value, to: &text, in: 0..<count)
        return String(decoding: text, as: UTF8.self)
    }
}
