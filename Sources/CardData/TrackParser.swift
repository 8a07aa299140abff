// SPDX-License-Identifier: Apache-2.0

/// Reads the characters of a track in one pass, from left to right.
///
/// Whether a text is a track, at which offset it is not, its expiry date and its service code are
/// public. Of the other bytes this looks at their kind only: digit, separator, character, anything
/// else; and at whether the number begins with 59, which its brand tells as well.
struct TrackParser {
    private let layout: TrackLayout
    private let separator: UInt8
    private var rest: Range<Int>

    /// - Parameters:
    ///   - range: where in the text the characters are, without sentinels.
    ///   - separator: what separates the fields there.
    init(_ layout: TrackLayout, in range: Range<Int>, separator: UInt8) {
        self.layout = layout
        self.rest = range
        self.separator = separator
    }

    /// Finds the fields, and refuses what is no track.
    mutating func fields(of text: Span<UInt8>, luhn: LuhnRule) throws(TrackError) -> TrackFields {
        if layout == .track1 { try formatCode(of: text) }
        let pan = try field(of: text, ASCII.isDigit)
        do { _ = try PANParser.parse(text.extracting(pan), luhn: luhn) } catch { throw .pan(error) }
        let countryCode = try countryCode(of: text, pan: pan)
        let name = layout == .track1 ? try name(of: text) : rest.lowerBound..<rest.lowerBound
        guard let expiry = code(of: text, digitCount: 4),
            expiry.count == 1 || ExpiryDate(yearMonth: text.extracting(expiry)) != nil
        else { throw .expiry }
        guard let serviceCode = code(of: text, digitCount: 3) else { throw .serviceCode }
        for offset in rest where !layout.isData(text[offset]) {
            throw .badCharacter(offset: offset)
        }
        return TrackFields(
            pan: pan, countryCode: countryCode, name: name, expiry: expiry,
            serviceCode: serviceCode, discretionaryData: rest)
    }

    private mutating func formatCode(of text: Span<UInt8>) throws(TrackError) {
        guard !rest.isEmpty, text[rest.lowerBound] == ASCII.letterB else { throw .formatCode }
        _ = take(1)
    }

    private mutating func name(of text: Span<UInt8>) throws(TrackError) -> Range<Int> {
        let name = try field(of: text, layout.isData)
        guard TrackLayout.nameCounts.contains(name.count) else { throw .nameLength(name.count) }
        return name
    }

    private mutating func countryCode(
        of text: Span<UInt8>, pan: Range<Int>
    ) throws(TrackError) -> Range<Int> {
        let (first, second) = (text[pan.lowerBound], text[pan.lowerBound + 1])
        guard first == ASCII.five, second == ASCII.nine else { return take(0) }
        guard let code = digits(of: text, count: 3) else { throw .countryCode }
        return code
    }

    /// Takes all before the next separator, and that.
    private mutating func field(
        of text: Span<UInt8>, _ isAllowed: (UInt8) -> Bool
    ) throws(TrackError) -> Range<Int> {
        for offset in rest {
            if text[offset] == separator {
                let field = take(offset - rest.lowerBound)
                _ = take(1)
                return field
            }
            guard isAllowed(text[offset]) else { throw .badCharacter(offset: offset) }
        }
        throw .separator(offset: rest.upperBound)
    }

    /// Takes a separator or `count` digits, or nothing and returns nil.
    private mutating func code(of text: Span<UInt8>, digitCount count: Int) -> Range<Int>? {
        guard !rest.isEmpty else { return nil }
        return text[rest.lowerBound] == separator ? take(1) : digits(of: text, count: count)
    }

    private mutating func digits(of text: Span<UInt8>, count: Int) -> Range<Int>? {
        guard rest.count >= count else { return nil }
        let digits = rest.prefix(count)
        guard digits.allSatisfy({ ASCII.isDigit(text[$0]) }) else { return nil }
        return take(count)
    }

    private mutating func take(_ count: Int) -> Range<Int> {
        let taken = rest.lowerBound..<rest.lowerBound + count
        rest = taken.upperBound..<rest.upperBound
        return taken
    }
}
