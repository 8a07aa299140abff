// SPDX-License-Identifier: Apache-2.0

/// Why a text is not the stored form of a truncated card number.
public enum DisplayDigitsError: Error, Equatable, CustomStringConvertible {
    /// There are `Int` characters; a card number has 8 to 19.
    case digitCount(Int)
    /// The character at `offset` is not what any ``Truncation`` has in that place.
    case notTruncated(offset: Int)

    /// One sentence, without any digit.
    public var description: String {
        switch self {
        case .digitCount(let count): "Display digits have 8 to 19 characters, not \(count)."
        case .notTruncated(let offset): "No truncation has the character at offset \(offset)."
        }
    }
}

/// A truncated card number: what may be kept and shown of it where the number itself may not.
///
/// The hidden digits are not in it, so it can be printed, logged and stored. Eight bytes, no heap.
///
/// Source: PCI DSS v4, 3.5.1 (truncation, for storage) and 3.4.1 (masking, for display).
public struct DisplayDigits: Hashable, Sendable, CustomStringConvertible {
    private let leading: UInt32
    private let trailing: UInt16
    private let total: UInt8
    private let leadingTotal: UInt8

    init(shape: Truncation.Shape, leading: UInt32, trailing: UInt32) {
        self.leading = leading
        self.trailing = UInt16(truncatingIfNeeded: trailing)  // four digits at most
        self.total = UInt8(shape.digitCount)
        self.leadingTotal = UInt8(shape.leading)
    }

    /// Parses the stored form, `411111******1111`.
    ///
    /// Accepts what some ``Truncation`` makes and nothing else, so that `init(stored:)` undoes
    /// ``stored`` and a number that was never truncated is refused.
    ///
    /// - Parameter text: 8 to 19 ASCII characters, digits and `*`.
    /// - Throws: ``DisplayDigitsError``.
    public init(stored text: Span<UInt8>) throws(DisplayDigitsError) {
        guard PackedPAN.digitCounts.contains(text.count) else { throw .digitCount(text.count) }
        var furthest = 0
        for truncation in Truncation.allCases {
            let shape = truncation.shape(digitCount: text.count)
            let mismatch = DisplayDigits.mismatch(of: text, with: shape)
            guard let mismatch else {
                self.init(
                    shape: shape, leading: number(text, 0..<shape.leading),
                    trailing: number(text, text.count - shape.trailing..<text.count))
                return
            }
            furthest = max(furthest, mismatch)
        }
        throw .notTruncated(offset: furthest)
    }

    /// How many digits the card number has, 8 to 19.
    public var digitCount: Int { Int(total) }

    /// How many digits are kept at the front: 0, 6 or 8.
    public var leadingCount: Int { Int(leadingTotal) }

    /// How many digits are kept at the end: 2 to 4.
    public var trailingCount: Int {
        Truncation.firstSixLastFour.shape(digitCount: digitCount).trailing
    }

    /// The digits kept at the front, as values 0–9.
    public var leadingDigits: [UInt8] { values(leading, leadingCount) }

    /// The digits kept at the end, as values 0–9.
    public var trailingDigits: [UInt8] { values(UInt32(trailing), trailingCount) }

    /// The form for storage: ASCII, as long as the number, `*` for each hidden digit.
    public var stored: String { String(decoding: storedBytes, as: UTF8.self) }

    /// The bytes of ``stored``.
    package var storedBytes: [UInt8] {
        var text = [UInt8](repeating: ASCII.asterisk, count: digitCount)
        ASCII.write(leading, to: &text, in: 0..<leadingCount)
        ASCII.write(UInt32(trailing), to: &text, in: digitCount - trailingCount..<digitCount)
        return text
    }

    /// The form for people: as ``stored``, with `•` for each hidden digit.
    public var description: String { String(stored.map { $0 == "*" ? "•" : $0 }) }

    /// The first offset at which `text` is not of the form `shape`.
    private static func mismatch(of text: Span<UInt8>, with shape: Truncation.Shape) -> Int? {
        let hidden = shape.leading..<shape.digitCount - shape.trailing
        for offset in text.indices {
            let fits =
                hidden.contains(offset)
                ? text[offset] == ASCII.asterisk : ASCII.digit(text[offset]) != nil
            guard fits else { return offset }
        }
        return nil
    }
}

/// The digits of `text` in `range`, which the caller has found to be digits, as a number.
private func number(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    range.reduce(0) { $0 * 10 + (ASCII.digit(text[$1]) ?? 0) }
}

/// The `count` digits of `number` as values, with leading zeros.
private func values(_ number: UInt32, _ count: Int) -> [UInt8] {
    ASCII.text(number, digitCount: count).utf8.map { $0 - ASCII.zero }
}
