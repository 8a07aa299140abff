// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import TestSupport
internal import Testing

@Suite("What is no track") struct TrackErrorTests {
    @Test(
        arguments: [
            ("", .formatCode),
            ("%?", .formatCode),
            ("4111111111111111^A/^^^", .formatCode),
            ("%A4111111111111111^A/^^^?", .formatCode),
            ("%b4111111111111111^A/^^^?", .formatCode),
            (";B4111111111111111^A/^^^?", .startSentinel),
            ("B4111111111111111^A/^^^?", .startSentinel),
            ("?", .startSentinel),
            ("%B4111111111111111^A/^^^", .endSentinel),
            ("%B4111111111111111^A/^^^;", .endSentinel),
            ("%%B4111111111111111^A/^^^?", .formatCode),
            ("%B4111111111111111^A/^^^?\n", .checkCharacter),
            ("B4111111111111111^A/^^^\n", .badCharacter(offset: 23)),
            (" B4111111111111111^A/^^^", .formatCode),
            ("%B4111111111111111^A/^^^??", .checkCharacter),
            ("%B4111111111111111^A/^^^?00", .badCharacter(offset: 26)),
            ("%B4111111111111111^A/^^^?\r\n", .badCharacter(offset: 26)),
            ("B4111111111111111", .separator(offset: 17)),
            ("B4111111111111111^A/", .separator(offset: 20)),
            ("%B4111111111111111?", .separator(offset: 18)),
            ("B41111111X1111111^A/^^^", .badCharacter(offset: 9)),
            ("B4111 1111 1111 1111^A/^^^", .badCharacter(offset: 5)),
            ("B4111-1111-1111-1111^A/^^^", .badCharacter(offset: 5)),
            ("B4111111\u{0}11111111^A/^^^", .badCharacter(offset: 8)),
            ("B4111111111111111=A/^^^", .badCharacter(offset: 17)),
            ("B^A/^^^", .pan(.digitCount(0))),
            ("B4111111^A/^^^", .pan(.digitCount(7))),
            ("B41111111111111111111^A/^^^", .pan(.digitCount(20))),
            ("B4111111111111112^A/^^^", .pan(.checkDigit)),
            ("B4111111111111111^^^^", .nameLength(0)),
            ("B4111111111111111^A^^^", .nameLength(1)),
            ("B4111111111111111^ABCDEFGHIJKLMNOPQRSTUVWXYZA^^^", .nameLength(27)),
            ("B4111111111111111^LAst/A^^^", .badCharacter(offset: 20)),
            ("B4111111111111111^A%/^^^", .badCharacter(offset: 19)),
            ("B4111111111111111^A\u{0}/^^^", .badCharacter(offset: 19)),
            ("B4111111111111111^É/^^^", .badCharacter(offset: 18)),
            ("B4111111111111111^A/^", .expiry),
            ("B4111111111111111^A/^251", .expiry),
            ("B4111111111111111^A/^2500101", .expiry),
            ("B4111111111111111^A/^2513101", .expiry),
            ("B4111111111111111^A/^25^2101", .expiry),
            ("B4111111111111111^A/^2A12101", .expiry),
            ("B4111111111111111^A/^2512", .serviceCode),
            ("B4111111111111111^A/^251210", .serviceCode),
            ("B4111111111111111^A/^25121^1", .serviceCode),
            ("B4111111111111111^A/^2512A01", .serviceCode),
            ("B4111111111111111^A/^2512101^", .badCharacter(offset: 28)),
            ("B4111111111111111^A/^^^^", .badCharacter(offset: 23)),
            ("B4111111111111111^A/^2512101a", .badCharacter(offset: 28)),
        ] as [(String, TrackError)])
    func `is refused as track 1`(text: String, error: TrackError) {
        #expect(throws: error) { _ = try TrackReading.track1(Array(text.utf8)) }
    }

    @Test(
        arguments: [
            ("", .separator(offset: 0)),
            (";?", .separator(offset: 1)),
            ("%4111111111111111===?", .startSentinel),
            ("4111111111111111===?", .startSentinel),
            ("foobar", .badCharacter(offset: 0)),
            (";4111111111111111===", .endSentinel),
            (";4111111111111111===;", .endSentinel),
            (";;4111111111111111===?", .badCharacter(offset: 1)),
            (";4111111111111111===?\n", .checkCharacter),
            ("4111111111111111===\n", .badCharacter(offset: 19)),
            (";4111111111111111===?00", .badCharacter(offset: 22)),
            ("4111111111111111", .separator(offset: 16)),
            (";4111111111111111?", .separator(offset: 17)),
            ("4111111X11111111===", .badCharacter(offset: 7)),
            ("4111 1111 1111 1111===", .badCharacter(offset: 4)),
            ("4111111\u{0}11111111===", .badCharacter(offset: 7)),
            ("4111111111111111^^^", .badCharacter(offset: 16)),
            ("=2512101", .pan(.digitCount(0))),
            ("4111111=2512101", .pan(.digitCount(7))),
            ("41111111111111111111=2512101", .pan(.digitCount(20))),
            ("4111111111111112=2512101", .pan(.checkDigit)),
            ("4111111111111111=", .expiry),
            ("4111111111111111=251", .expiry),
            ("4111111111111111=2500101", .expiry),
            ("4111111111111111=2513101", .expiry),
            ("4111111111111111=25=2101", .expiry),
            ("4111111111111111=2512", .serviceCode),
            ("4111111111111111=251210", .serviceCode),
            ("4111111111111111=25121=1", .serviceCode),
            ("4111111111111111=2512101=", .badCharacter(offset: 24)),
            ("4111111111111111====", .badCharacter(offset: 19)),
            ("4111111111111111=2512101A", .badCharacter(offset: 24)),
            ("4111111111111111=2512101 ", .badCharacter(offset: 24)),
            ("4111111111111111D2512101F", .badCharacter(offset: 24)),
            ("4111111111111111=2512101\u{0}", .badCharacter(offset: 24)),
        ] as [(String, TrackError)])
    func `is refused as track 2`(text: String, error: TrackError) {
        #expect(throws: error) { _ = try TrackReading.track2(Array(text.utf8)) }
    }

    @Test(arguments: ["", "1", "12", "12A", "=1", "=2512101"])
    func `has no country after 59`(rest: String) {
        let number = "593456789012345"
        #expect(throws: TrackError.countryCode) {
            _ = try TrackReading.track2(Array((number + "=" + rest).utf8), luhn: .ignored)
        }
        #expect(throws: TrackError.countryCode) {
            let rest = rest.replacing("=", with: "^")
            _ = try TrackReading.track1(Array(("B" + number + "^" + rest).utf8), luhn: .ignored)
        }
    }

    @Test(arguments: [77, 78, 79, 80, 1_000])
    func `is longer than track 1, without sentinels`(count: Int) {
        let fields = "B4111111111111111^A/^^^"
        let text = fields + String(repeating: "0", count: count - fields.count)
        #expect(throws: TrackError.length(count: count, limit: count > 79 ? 79 : 76)) {
            _ = try TrackReading.track1(Array(text.utf8))
        }
    }

    @Test(arguments: [(79, 77, 76), (80, 80, 79), (1_000, 1_000, 79)])
    func `is longer than track 1, with sentinels`(count: Int, counted: Int, limit: Int) {
        let fields = "%B4111111111111111^A/^^^"
        let text = fields + String(repeating: "0", count: count - 1 - fields.count) + "?"
        #expect(throws: TrackError.length(count: counted, limit: limit)) {
            _ = try TrackReading.track1(Array(text.utf8))
        }
    }

    @Test(arguments: [38, 39, 40, 41, 1_000])
    func `is longer than track 2, without sentinels`(count: Int) {
        let fields = "4111111111111111==="
        let text = fields + String(repeating: "0", count: count - fields.count)
        #expect(throws: TrackError.length(count: count, limit: count > 40 ? 40 : 37)) {
            _ = try TrackReading.track2(Array(text.utf8))
        }
    }

    @Test(arguments: [(40, 38, 37), (41, 41, 40), (1_000, 1_000, 40)])
    func `is longer than track 2, with sentinels`(count: Int, counted: Int, limit: Int) {
        let fields = ";4111111111111111==="
        let text = fields + String(repeating: "0", count: count - 1 - fields.count) + "?"
        #expect(throws: TrackError.length(count: counted, limit: limit)) {
            _ = try TrackReading.track2(Array(text.utf8))
        }
    }

    @Test func `is a good track cut short anywhere`() {
        let (one, two) = (Array(Track1Tests.good.utf8), Array(Track2Tests.good.utf8))
        for count in 0..<one.count {
            #expect((try? TrackReading.track1(Array(one.prefix(count)))) == nil)
        }
        for count in 0..<two.count {
            #expect((try? TrackReading.track2(Array(two.prefix(count)))) == nil)
        }
    }

    @Test func `is each track to the parser of the other`() {
        #expect((try? TrackReading.track1(Array(Track2Tests.good.utf8))) == nil)
        #expect((try? TrackReading.track2(Array(Track1Tests.good.utf8))) == nil)
    }

    /// Either refused, or another track, which then is what the text says.
    @Test func `is never read as other than it says, whichever byte is replaced`() {
        let (one, two) = (Array(Track1Tests.good.utf8), Array(Track2Tests.good.utf8))
        for (good, read) in [(one, readTrack1), (two, readTrack2)] {
            for offset in good.indices {
                for byte in UInt8.min...UInt8.max {
                    var text = good
                    text[offset] = byte
                    guard let track = read(text) else { continue }
                    #expect(Array(track.text.utf8) == text)
                }
            }
        }
    }

    @Test func `has a character that no stripe has`() {
        let letters = (0x20...0x5F as ClosedRange<UInt8>).filter { !"%^?".utf8.contains($0) }
        let digits = Array("0123456789".utf8)
        let bytes = UInt8.min...UInt8.max
        let named = bytes.filter { readTrack1("B00000000^A".utf8 + [$0] + "^^^".utf8) != nil }
        let data = bytes.filter { readTrack1("B00000000^A/^^^".utf8 + [$0]) != nil }
        let digit = bytes.filter { readTrack2("00000000===".utf8 + [$0]) != nil }
        #expect(named == letters)
        #expect(data == letters)
        #expect(digit == digits)
    }

    @Test func `is random bytes, without a trap`() {
        var generator = SeededRandom(seed: 21)
        for round in 0..<20_000 {
            let bytes = generator.bytes(count: round % 90)
            #expect(readTrack1(bytes) == nil)
            #expect(readTrack2(bytes) == nil)
        }
    }

    @Test(
        arguments: [
            (
                .length(count: 80, limit: 79),
                "A track of 80 characters is too long; there can be 79."
            ),
            (.startSentinel, "The track does not begin with its start sentinel."),
            (.endSentinel, "The track has no end sentinel."),
            (.formatCode, "Track 1 is not of format B."),
            (.badCharacter(offset: 3), "The byte at offset 3 has no place in a track."),
            (.separator(offset: 3), "A field separator is missing at offset 3."),
            (.nameLength(27), "A name on a track has 2 to 26 characters, not 27."),
            (.pan(.checkDigit), "The check digit of the card number is wrong."),
            (.countryCode, "A card number that begins with 59 needs a country code."),
            (.expiry, "The expiry date on the track is not YYMM."),
            (.serviceCode, "The service code on the track is not three digits."),
            (.checkCharacter, "The check character of the track is wrong."),
        ] as [(TrackError, String)])
    func `says why in one sentence`(error: TrackError, sentence: String) {
        #expect(error.description == sentence)
    }
}

private func readTrack1(_ text: [UInt8]) -> TrackReading? {
    try? .track1(text, luhn: .ignored)
}

private func readTrack2(_ text: [UInt8]) -> TrackReading? {
    try? .track2(text, luhn: .ignored)
}
