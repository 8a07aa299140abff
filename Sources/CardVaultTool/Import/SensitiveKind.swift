// SPDX-License-Identifier: Apache-2.0

/// What a column must not be that travels beside the tokens.
enum SensitiveKind: String, Sendable, CaseIterable {
    case verificationCode, track, pin, pan

    /// Why it must not, as the end of a sentence about a column. (PCI DSS v4 3.3.1 and 3.5.1.)
    var reason: String {
        switch self {
        case .verificationCode: "a card verification code, which is never kept after authorization"
        case .track: "track data, which is never kept after authorization"
        case .pin: "a PIN or PIN block, which is never kept after authorization"
        case .pan: "a second card number, which would stay readable beside the token"
        }
    }

    /// Reads the kind off the name of a column.
    ///
    /// Words count whole and in any case; what parts them does not matter: `Card-CVV2`, `cardCvv2`
    /// and `card cvv 2` are one. A word of `qualifiers` clears the name, since `cvv_result` is no
    /// code; the values of the column are looked at all the same.
    init?(columnName name: String) {
        let readings = [words(name, atCapitals: false), words(name, atCapitals: true)]
        guard !readings.joined().contains(where: Self.qualifiers.contains) else { return nil }
        for (kind, phrases) in Self.phrases {
            for phrase in phrases {
                let parts = phrase.split(separator: " ").map(String.init)
                if readings.contains(where: { contains($0, parts) }) {
                    self = kind
                    return
                }
            }
        }
        return nil
    }

    /// Names in the field, as words in lower case; digits are words of their own, so `cvv` covers
    /// CVV2. A phrase also stands for its words written as one.
    private static let phrases: [(SensitiveKind, [String])] = [
        (
            .verificationCode,
            [
                "cvv", "cvc", "cvn", "cvd", "cid", "csc", "cav", "card verification",
                "verification value", "security code", "card code",
            ]
        ),
        (
            .track,
            [
                "track", "tracks", "track data", "mag stripe", "magnetic stripe", "mag data",
                "stripe data",
            ]
        ),
        (.pin, ["pin", "pin block", "pin offset", "pvv"]),
        (
            .pan,
            [
                "pan", "card number", "card no", "card num", "cc number", "cc no", "cc num",
                "credit card", "credit card number", "debit card", "debit card number",
                "account number", "account no", "account num", "acct number", "acct no", "acct num",
                "primary account", "primary account number",
            ]
        ),
    ]

    /// Words that make of such a name the name of a fact about it: `cvv_result`, `pan_last4`,
    /// `card_number_type`.
    private static let qualifiers: Set<String> = [
        "result", "response", "match", "matched", "check", "checked", "present", "indicator",
        "verified", "required", "provided", "supported", "status", "mode", "type", "brand",
        "length", "last", "lastfour", "first", "bin", "iin", "masked", "truncated", "token",
        "tokenized", "expiry", "expiration", "tries", "attempts",
    ]
}

/// Whether `phrase` occurs in `words`, as it is or written as one word; alone, also letter by
/// letter.
private func contains(_ words: [String], _ phrase: [String]) -> Bool {
    let joined = phrase.joined()
    if words.contains(joined) || words.joined() == joined { return true }
    guard words.count >= phrase.count else { return false }
    return (0...words.count - phrase.count).contains {
        words[$0..<$0 + phrase.count].elementsEqual(phrase)
    }
}

/// The words of a name in lower case: runs of letters and runs of digits. At capitals too, where
/// asked for: `cardNumber` and `CVVCode` have two each.
private func words(_ name: String, atCapitals: Bool) -> [String] {
    var words: [String] = []
    var word = ""
    let characters = Array(name)
    func endWord() {
        if !word.isEmpty { words.append(word.lowercased()) }
        word = ""
    }
    for (index, character) in characters.enumerated() {
        guard character.isLetter || character.isNumber else {
            endWord()
            continue
        }
        if let last = word.last {
            let next = index + 1 < characters.count ? characters[index + 1] : " "
            let isCapital =
                character.isUppercase
                && (last.isLowercase || (last.isUppercase && next.isLowercase))
            if last.isNumber != character.isNumber || (atCapitals && isCapital) { endWord() }
        }
        word.append(character)
    }
    endWord()
    return words
}
