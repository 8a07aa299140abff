// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import TestSupport

extension SeededRandom {
    /// `count` decimal digits.
    mutating func digits(_ count: Int) -> String {
        (0..<count).map { _ in String(Int.random(in: 0...9, using: &self)) }.joined()
    }
}

/// Luhn's check as the books tell it: from the right, every second digit doubled, and of each
/// product the sum of its digits.
func passesLuhnByTheBook(_ digits: String) -> Bool {
    let sum = digits.reversed().enumerated().reduce(0) { sum, place in
        let digit = place.element.wholeNumberValue ?? 0
        let doubled = 2 * digit
        return sum + (place.offset % 2 == 0 ? digit : doubled / 10 + doubled % 10)
    }
    return sum % 10 == 0
}

/// The digits of `pan` as text.
func text(_ pan: borrowing PAN) -> String {
    pan.withDigits { digits in String(decoding: digits.indices.map { digits[$0] }, as: UTF8.self) }
}
