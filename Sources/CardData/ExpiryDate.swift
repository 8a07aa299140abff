// SPDX-License-Identifier: Apache-2.0

/// Why a text or two numbers are not an expiry date.
public enum ExpiryDateError: Error, Equatable, CustomStringConvertible {
    /// The text is none of the forms that are read.
    case form
    /// The month is not 1 to 12.
    case month
    /// The year is not 2000 to 2099.
    case year

    /// One sentence.
    public var description: String {
        switch self {
        case .form: "An expiry date is written MM/YY, MMYY, MM/YYYY or YYYY-MM."
        case .month: "The month of an expiry date is 1 to 12."
        case .year: "The year of an expiry date is 2000 to 2099."
        }
    }
}

/// The month through whose last day a card may be used.
public struct ExpiryDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The canonical number of the date: year × 100 + month, 200001 to 209912. Later is greater.
    public let code: UInt32

    /// Makes a date from its parts.
    ///
    /// - Parameters:
    ///   - month: 1 to 12.
    ///   - year: 2000 to 2099, as the two digits on a card and a stripe mean this century.
    /// - Throws: ``ExpiryDateError/month``, ``ExpiryDateError/year``.
    public init(month: Int, year: Int) throws(ExpiryDateError) {
        guard (1...12).contains(month) else { throw .month }
        guard (2000...2099).contains(year) else { throw .year }
        self.code = UInt32(year * 100 + month)
    }

    /// Reads the canonical number, or nil where it is none.
    public init?(code: UInt32) {
        try? self.init(month: Int(code % 100), year: Int(code / 100))
    }

    /// Parses `MM/YY`, `MMYY`, `MM/YYYY` or `YYYY-MM`.
    ///
    /// The stripe of a card has `YYMM`, which cannot be told from `MMYY`: use ``init(month:year:)``
    /// there.
    ///
    /// - Throws: ``ExpiryDateError``.
    public init(_ text: String) throws(ExpiryDateError) {
        try self.init(text.utf8.span)
    }

    /// Parses ASCII bytes, in the same forms as a string.
    ///
    /// - Throws: ``ExpiryDateError``.
    public init(_ text: Span<UInt8>) throws(ExpiryDateError) {
        let (month, year): (Range<Int>, Range<Int>)
        switch text.count {
        case 4: (month, year) = (0..<2, 2..<4)
        case 5 where text[2] == ASCII.slash: (month, year) = (0..<2, 3..<5)
        case 7 where text[2] == ASCII.slash: (month, year) = (0..<2, 3..<7)
        case 7 where text[4] == ASCII.hyphen: (month, year) = (5..<7, 0..<4)
        default: throw .form
        }
        let century = year.count == 2 ? 2000 : 0
        try self.init(
            month: ExpiryDate.number(text, month), year: century + ExpiryDate.number(text, year))
    }

    /// The month, 1 to 12.
    public var month: Int { Int(code % 100) }

    /// The year, 2000 to 2099.
    public var year: Int { Int(code / 100) }

    /// `MM/YY`, as on the card.
    public var description: String {
        ASCII.text(code % 100, digitCount: 2) + "/" + ASCII.text(code / 100 % 100, digitCount: 2)
    }

    /// Whether the card can no longer be used in a month: whether that comes after its own.
    ///
    /// - Parameters:
    ///   - year: the year of today, in full, where the card is used.
    ///   - month: the month of today, 1 to 12; anything else is a programming error.
    public func isExpired(inYear year: Int, month: Int) -> Bool {
        precondition((1...12).contains(month), "a month is 1 to 12")
        return (year, month) > (self.year, self.month)
    }

    /// Whether `a` ends before `b`.
    public static func < (a: ExpiryDate, b: ExpiryDate) -> Bool { a.code < b.code }

    private static func number(
        _ text: Span<UInt8>, _ range: Range<Int>
    ) throws(ExpiryDateError) -> Int {
        var number: UInt32 = 0
        for offset in range {
            guard let digit = ASCII.digit(text[offset]) else { throw .form }
            number = number * 10 + digit
        }
        return Int(number)
    }
}
