// SPDX-License-Identifier: Apache-2.0

/// Luhn over digits that are not secret: those of tokens, and of texts that should hold no card
/// number.
enum LuhnCheck {
    /// Whether the last digit checks the others (ISO/IEC 7812-1, annex B).
    static func passes(_ digits: some BidirectionalCollection<UInt8>) -> Bool {
        let sum = digits.reversed().enumerated().reduce(0) { sum, next in
            let value = Int(next.element) << (next.offset & 1)
            return sum + (value > 9 ? value - 9 : value)
        }
        return sum.isMultiple(of: 10)
    }
}
