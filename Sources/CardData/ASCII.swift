// SPDX-License-Identifier: Apache-2.0

/// The few characters that card data is written in. For public digits: secret ones never go by
/// here.
enum ASCII {
    static let space: UInt8 = 0x20
    static let asterisk: UInt8 = 0x2A
    static let hyphen: UInt8 = 0x2D
    static let slash: UInt8 = 0x2F
    static let zero: UInt8 = 0x30

    /// The value of a decimal digit, or nil for any other byte.
    static func digit(_ byte: UInt8) -> UInt32? {
        let value = byte &- zero
        return value < 10 ? UInt32(value) : nil
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
