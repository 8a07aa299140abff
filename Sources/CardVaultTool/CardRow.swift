// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault

/// A card as a reseal lists it: its token, or `row HEX` where the row has none.
enum CardRow {
    case token(Token)
    case row([UInt8])

    /// Reads what a reseal printed.
    ///
    /// - Throws: `TokenError` for what is neither.
    init(_ text: String) throws(TokenError) {
        if text.hasPrefix("row "), let place = Hexadecimal.parse(String(text.dropFirst(4))) {
            self = .row(place)
        } else {
            self = .token(try Token(text))
        }
    }
}
