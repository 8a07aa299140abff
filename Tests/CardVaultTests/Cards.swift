// SPDX-License-Identifier: Apache-2.0
internal import CardVault

/// Card numbers for tests: published by processors for their sandboxes, or nobody's.
enum Cards {
    static let visa = "4111111111111111"
    static let otherVisa = "4012888888881881"
    static let mastercard = "5555555555554444"
    static let amex = "378282246310005"
    static let shortVisa = "4222222222222"
    static let unionPay19 = "6205500000000000004"

    /// A number of so many digits: the beginning of a row of ones, right or not.
    static func ofLength(_ count: Int) throws(PANError) -> PAN {
        try PAN(String("4111111111111111111".prefix(count)), luhn: .ignored)
    }

    /// The text of the 16-digit number of this index. It fails Luhn, so that it is nobody's.
    static func text(_ index: Int) -> String {
        let body = 411_111_000_000_000 + index
        var sum = 0
        for (place, digit) in String(body).reversed().compactMap(\.wholeNumberValue).enumerated() {
            let value = place.isMultiple(of: 2) ? digit * 2 : digit
            sum += value > 9 ? value - 9 : value
        }
        return "\(body)\((11 - sum % 10) % 10)"
    }

    /// The 16-digit number of this index, which fails Luhn.
    static func numbered(_ index: Int) throws(PANError) -> PAN {
        try PAN(text(index), luhn: .ignored)
    }

    /// The numbers of these indexes in rows.
    static func batch(_ indexes: some Collection<Int>) -> CardBatch {
        var batch = CardBatch(capacity: indexes.count)
        for index in indexes { batch.append(text(index).utf8.span, luhn: .ignored) }
        return batch
    }
}

/// The digits of a card number, for a comparison.
func digits(_ pan: borrowing PAN) -> String {
    pan.withDigits { digits in
        String(decoding: digits.indices.map { digits[$0] }, as: UTF8.self)
    }
}

/// The digits of a row of a batch, for a comparison.
func digits(_ batch: borrowing CardBatch, at index: Int) -> String {
    batch.withDigits(at: index) { digits in
        String(decoding: digits.indices.map { digits[$0] }, as: UTF8.self)
    }
}
