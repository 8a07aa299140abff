// SPDX-License-Identifier: Apache-2.0

/// What may be told of a packed card number.
extension PackedPAN {
    /// The first six or eight digits, where truncation keeps as many.
    static func bin(_ packed: Span<UInt8>, digitCount count: Int) -> BIN? {
        precondition(count == 6 || count == 8, "a BIN has 6 or 8 digits")
        let kept = Truncation.firstEightLastFour.shape(digitCount: digitCount(packed)).leading
        guard count <= kept else { return nil }
        return BIN(value: prefix(packed, digitCount: count), digitCount: UInt8(count))
    }

    /// The brand that issues such numbers.
    static func brand(_ packed: Span<UInt8>) -> CardBrand {
        CardBrand.issuing(
            leadingEight: prefix(packed, digitCount: 8), digitCount: digitCount(packed))
    }

    /// The number, truncated.
    static func display(_ packed: Span<UInt8>, _ truncation: Truncation) -> DisplayDigits {
        let shape = truncation.shape(digitCount: digitCount(packed))
        return DisplayDigits(
            shape: shape, leading: prefix(packed, digitCount: shape.leading),
            trailing: suffix(packed, digitCount: shape.trailing))
    }
}
