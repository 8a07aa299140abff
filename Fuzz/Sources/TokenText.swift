// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault

extension Target {
    /// The text of a token, and the form in which a store keeps one.
    static let token = Target(name: "token") { bytes in
        do throws(TokenError) {
            accepted(try Token(bytes.span), from: bytes)
        } catch {
            claim((0...bytes.count).contains(error.offset), "the offset is one of the text")
        }
        if let token = Token(stored: bytes.span) {
            claim(token.stored == bytes, "a stored token has one form")
            claim((try? Token(token.description)) == token, "a stored token has a text")
        }
    }

    private static func accepted(_ token: Token, from text: [UInt8]) {
        taken()
        claim(Array(token.description.utf8) == text, "a token has one text")
        claim(Token(stored: token.stored.span) == token, "what is stored is the same token")
        let isCard = (try? PAN(text.span)) != nil
        claim(token.couldBeCardNumber == isCard, "a token that could be a card is known as such")
        plant(isCard && text.count == 19 && text.last == 0x30)
    }
}
