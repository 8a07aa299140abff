// SPDX-License-Identifier: Apache-2.0

/// Card numbers of a sandbox range that pass Luhn, the same in every run.
enum GeneratedCards {
    /// The number of this index in the range 400000.
    static func number(_ index: Int) -> String {
        let body = "400000" + String(1_000_000_000 + index).dropFirst()
        var sum = 0
        for (place, digit) in body.reversed().compactMap(\.wholeNumberValue).enumerated() {
            let value = place.isMultiple(of: 2) ? 2 * digit : digit
            sum += value > 9 ? value - 9 : value
        }
        return "\(body)\((10 - sum % 10) % 10)"
    }

    /// So many numbers, in no order that they were made in.
    static func distinct(_ count: Int) -> [String] {
        // A step without a factor in common with 10^9 visits every number once.
        (0..<count).map { number($0 * 387_420_489 % 1_000_000_000) }
    }
}
