// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not a track of a magnetic stripe. Offsets and counts only: no case carries a
/// character.
///
/// Offsets count bytes of the text as it was given, sentinels included. Where several cases hold,
/// one of the length or the sentinels comes first, then the others from left to right.
public enum TrackError: Error, Equatable, CustomStringConvertible {
    /// There are `count` characters, and there can be `limit`: 79 on track 1 and 40 on track 2 with
    /// sentinels and check character, three fewer between them.
    case length(count: Int, limit: Int)
    /// The text has an end sentinel and does not begin with the start sentinel of this track.
    case startSentinel
    /// The text begins with the start sentinel and has no end sentinel.
    case endSentinel
    /// Track 1 is not of format B.
    case formatCode
    /// The byte at `offset` has no place in its field, or comes after the end of the track.
    case badCharacter(offset: Int)
    /// The text ends at `offset`, where a field separator is missing.
    case separator(offset: Int)
    /// The name has `Int` characters; on track 1 it has 2 to 26.
    case nameLength(Int)
    /// The number is not a card number: too few or too many digits, or a wrong check digit.
    case pan(PANError)
    /// A number that begins with 59 is not followed by the three digits of a country.
    case countryCode
    /// In place of the expiry date is neither a year and a month 1 to 12 nor a separator.
    case expiry
    /// In place of the service code are neither three digits nor a separator.
    case serviceCode
    /// The character after the end sentinel (LRC) does not check the others: a misread stripe.
    case checkCharacter

    /// One sentence, without any character of the track.
    public var description: String {
        switch self {
        case .length(let count, let limit):
            "A track of \(count) characters is too long; there can be \(limit)."
        case .startSentinel: "The track does not begin with its start sentinel."
        case .endSentinel: "The track has no end sentinel."
        case .formatCode: "Track 1 is not of format B."
        case .badCharacter(let offset): "The byte at offset \(offset) has no place in a track."
        case .separator(let offset): "A field separator is missing at offset \(offset)."
        case .nameLength(let count): "A name on a track has 2 to 26 characters, not \(count)."
        case .pan(let error): error.description
        case .countryCode: "A card number that begins with 59 needs a country code."
        case .expiry: "The expiry date on the track is not YYMM."
        case .serviceCode: "The service code on the track is not three digits."
        case .checkCharacter: "The check character of the track is wrong."
        }
    }
}
