// SPDX-License-Identifier: Apache-2.0

/// A text that may be a track: with both sentinels or with neither, and what is between them.
struct TrackText {
    /// Where the characters are, without sentinels and check character.
    let body: Range<Int>
    /// What separates the fields: the track's own separator, or in a text of track 2 without
    /// sentinels the letter D, as ISO 8583 writes it.
    let separator: UInt8

    /// Takes the sentinels off `text`, checks the check character, and refuses what is no track.
    init(_ text: Span<UInt8>, _ layout: TrackLayout, luhn: LuhnRule) throws(TrackError) {
        body = try TrackText.body(of: text, layout)
        separator =
            body.count == text.count ? TrackText.separator(of: text, layout) : layout.separator
        var parser = TrackParser(layout, in: body, separator: separator)
        _ = try parser.fields(of: text, luhn: luhn)
        let end = body.upperBound + 1
        guard end < text.count else { return }
        guard end + 1 == text.count else { throw .badCharacter(offset: end + 1) }
        guard text[end] == layout.checkCharacter(text.extracting(first: end)) else {
            throw .checkCharacter
        }
    }

    private static func body(
        of text: Span<UInt8>, _ layout: TrackLayout
    ) throws(TrackError) -> Range<Int> {
        guard text.count <= layout.characterLimit else {
            throw .length(count: text.count, limit: layout.characterLimit)
        }
        let hasStart = !text.isEmpty && text[0] == layout.startSentinel
        let end = text.indices.first { text[$0] == layout.endSentinel }
        let body: Range<Int>
        switch (hasStart, end) {
        case (true, let end?): body = 1..<end
        case (false, nil): body = text.indices
        case (false, _?): throw .startSentinel
        case (true, nil): throw .endSentinel
        }
        guard body.count <= layout.bodyLimit else {
            throw .length(count: body.count, limit: layout.bodyLimit)
        }
        return body
    }

    private static func separator(of text: Span<UInt8>, _ layout: TrackLayout) -> UInt8 {
        let first = text.indices.first { !ASCII.isDigit(text[$0]) }
        guard layout == .track2, let first, text[first] == ASCII.letterD else {
            return layout.separator
        }
        return ASCII.letterD
    }
}
