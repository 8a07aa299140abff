// SPDX-License-Identifier: Apache-2.0

/// Which digits of a card number are kept where the number itself is not.
///
/// The choice matters for numbers of 16 digits only. Every other length has one form:
///
/// | digits | kept |
/// | --- | --- |
/// | 16 | first 6 or 8, last 4 |
/// | 13 to 15, 17 to 19 | first 6, last 4 |
/// | 12 | last 4 |
/// | 9 to 11 | last 3 |
/// | 8 | last 2 |
///
/// Short numbers keep a third at most, as the first six would leave too few to guess. Use one
/// truncation per card number in a store: two different ones, put together, show more than either.
///
/// Source: PCI DSS v4, 3.5.1, and the PCI SSC's FAQ 1091 on acceptable formats.
public enum Truncation: Sendable, Hashable, CaseIterable {
    /// The first six and the last four digits.
    case firstSixLastFour
    /// The first eight and the last four digits of 16; otherwise as ``firstSixLastFour``.
    case firstEightLastFour

    /// How many digits there are and how many of them are kept at each end.
    struct Shape: Hashable {
        let digitCount: Int
        let leading: Int
        let trailing: Int
    }

    /// The form of a number of `count` digits, 8 to 19.
    func shape(digitCount count: Int) -> Shape {
        guard count > 12 else {
            return Shape(digitCount: count, leading: 0, trailing: min(4, count / 3))
        }
        let leading = count == 16 && self == .firstEightLastFour ? 8 : 6
        return Shape(digitCount: count, leading: leading, trailing: 4)
    }
}
