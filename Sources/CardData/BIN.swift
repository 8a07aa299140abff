// SPDX-License-Identifier: Apache-2.0

/// The bank identification number (IIN): the first 6 or 8 digits of a card number, which name its
/// issuer.
///
/// It is public: printed in lists, sold as tables, kept by truncation. Made by
/// ``PAN/bin(digits:)``. Two are equal when they have the same digits, hence as many.
///
/// Source: ISO/IEC 7812-1 (six digits; eight since 2017).
public struct BIN: Hashable, Sendable, CustomStringConvertible {
    /// The digits as a number, less than 10^6 or 10^8.
    public let value: UInt32

    /// 6 or 8.
    public var digitCount: Int { Int(count) }

    private let count: UInt8

    init(value: UInt32, digitCount: UInt8) {
        self.value = value
        self.count = digitCount
    }

    /// The digits, with leading zeros.
    public var description: String { ASCII.text(value, digitCount: digitCount) }
}
