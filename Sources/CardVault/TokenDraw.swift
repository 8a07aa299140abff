// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import CardKeys
internal import ConstantTime
internal import SecretMemory

/// Draws tokens at random.
enum TokenDraw {
    /// How often a taken token is drawn again before its format counts as full.
    static let attemptLimit = 16

    /// Draws a token for a card.
    ///
    /// - Parameters:
    ///   - format: what the token looks like.
    ///   - display: the digits that may be shown; a token keeps no others.
    ///   - style: how opaque tokens are drawn.
    ///   - moment: now.
    ///   - packed: the card number, which is never its own token.
    ///   - digit: draws a digit.
    /// - Throws: `formatTooNarrow` when fewer than six digits would be random.
    static func draw(
        _ format: TokenFormat, display: DisplayDigits, style: KeyringScope.TokenStyle,
        at moment: Timestamp, unlike packed: Span<UInt8>, digit: () -> UInt8 = digit
    ) throws(VaultError) -> Token {
        guard format != .opaque else {
            let high = style == .random ? word() : moment.milliseconds << 16 | word() >> 48
            return Token(opaque: high, word())
        }
        let kept = display.leadingCount >= 6 && format.keepsBIN ? 6 : 0
        let freeCount = display.digitCount - kept - display.trailingCount
        guard freeCount >= TokenFormat.freeDigitCountMinimum, format.keepsBIN == (kept == 6) else {
            throw VaultError(.formatTooNarrow)
        }
        while true {
            let digits =
                display.leadingDigits.prefix(kept) + (0..<freeCount).map { _ in digit() }
                + display.trailingDigits
            guard LuhnCheck.passes(digits) == format.passesLuhn else { continue }
            let token = Token(
                digits: digits.reduce(0) { $0 * 10 + UInt64($1) }, count: digits.count)
            // Public: a token that is drawn again is never seen.
            guard equal(token.stored.span.extracting(1..<10), packed).declassify() else {
                return token
            }
        }
    }

    private static func word() -> UInt64 {
        var bytes = InlineArray<8, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        RandomBytes.fillNonce(&span)
        return (0..<8).reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
    }

    /// A digit without bias: bytes of 250 and more are drawn again.
    static func digit() -> UInt8 {
        while true {
            var byte = InlineArray<1, UInt8>(repeating: 0)
            var span = byte.mutableSpan
            RandomBytes.fillNonce(&span)
            if byte[0] < 250 { return byte[0] % 10 }
        }
    }
}
