// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import ConstantTime
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Track 1") struct Track1Tests {
    private struct Failure: Error, Equatable {}

    static let good = "%B4111111111111111^LAST/FIRST MIDDLE^2512101123400001230?"

    private func read(_ text: String) throws(TrackError) -> TrackReading {
        try .track1(Array(text.utf8))
    }

    private func packed(_ text: String, luhn: LuhnRule = .required) throws -> [UInt8] {
        let characters = Array(text.utf8)
        return try Track1(characters.span, luhn: luhn).withPacked(array)
    }

    private func opened(_ bytes: [UInt8]) -> TrackReading? {
        let track = Track1.opened { cell in for i in bytes.indices { cell[i] = bytes[i] } }
        return if let track { reading(track) } else { nil }
    }

    @Test func `tells its fields`() throws {
        let track = try read(Self.good)
        #expect(track.pan == "4111111111111111")
        #expect(track.name == "LAST/FIRST MIDDLE")
        #expect(track.countryCode == nil)
        #expect(track.expiry == "12/25")
        #expect(track.serviceCode == "101")
        #expect(track.discretionaryData == "123400001230")
    }

    @Test func `prints what it is read from`() throws {
        #expect(try read(Self.good).text == Self.good)
    }

    @Test func `prints with sentinels what came without`() throws {
        #expect(try read(String(Self.good.dropFirst().dropLast())).text == Self.good)
    }

    @Test func `parses what it prints, whatever it is`() throws {
        var generator = SeededRandom(seed: 1)
        for _ in 0..<5_000 {
            let track = generator.track1()
            #expect(try TrackReading.track1(Array(track.text.utf8), luhn: .ignored) == track)
        }
    }

    @Test func `opens what it packs, whatever it is`() throws {
        var generator = SeededRandom(seed: 2)
        for _ in 0..<1_000 {
            let track = generator.track1()
            let bytes = try packed(track.text, luhn: .ignored)
            #expect(bytes.count == 77)
            #expect(opened(bytes) == track)
        }
    }

    @Test func `keeps the padding of a name`() throws {
        let name = "YATES/EUGENE L            "
        let track = try read("%B4111111111111111^\(name)^^^?")
        #expect(track.name == name)
    }

    @Test func `has no expiry date and no service code where separators stand`() throws {
        let track = try read("%B4111111111111111^A/^^^356858      00998000000?")
        #expect(track.expiry == nil)
        #expect(track.serviceCode == nil)
        #expect(track.discretionaryData == "356858      00998000000")
    }

    @Test func `has a country code after 59 only`() throws {
        let track = try TrackReading.track1(
            Array("%B593456789012345^101DORSEY/JACK.DR^1010^123?".utf8), luhn: .ignored)
        #expect(track.countryCode == 101)
        #expect(track.name == "DORSEY/JACK.DR")
    }

    @Test func `ends at 79 characters, check character included`() throws {
        let fields = "%B4111111111111111^A/^2512101"
        let whole = fields + String(repeating: "0", count: 77 - fields.count) + "?"
        let check = checkCharacter(of: whole, bitCount: 6, zero: 0x20)
        #expect((whole + check).utf8.count == 79)
        #expect(try read(whole + check).text == whole)
    }

    @Test func `has at least a number and a name of two`() throws {
        let track = try TrackReading.track1(Array("B00000000^A/^^^".utf8))
        #expect(track.text == "%B00000000^A/^^^?")
    }

    @Test func `takes a right check character, whatever it is`() throws {
        var generator = SeededRandom(seed: 3)
        var seen: Set<String> = []
        for _ in 0..<2_000 {
            let track = generator.track1()
            let check = checkCharacter(of: track.text, bitCount: 6, zero: 0x20)
            let text = Array((track.text + check).utf8)
            #expect(try TrackReading.track1(text, luhn: .ignored) == track)
            seen.insert(check)
        }
        #expect(seen.count == 64)
    }

    @Test func `refuses every wrong check character`() throws {
        let right = checkCharacter(of: Self.good, bitCount: 6, zero: 0x20).utf8.first
        for byte in UInt8.min...UInt8.max where byte != right {
            #expect(throws: TrackError.checkCharacter) {
                _ = try TrackReading.track1(Array(Self.good.utf8) + [byte])
            }
        }
    }

    @Test func `asks Luhn unless told not to`() throws {
        let text = Array("%B4111111111111112^A/^^^?".utf8)
        #expect(throws: TrackError.pan(.checkDigit)) { _ = try TrackReading.track1(text) }
        #expect(try TrackReading.track1(text, luhn: .ignored).pan == "4111111111111112")
    }

    @Test func `is the same as one of the same text`() throws {
        let a = try Track1(Self.good.utf8.span)
        let text = String(Self.good.dropFirst().dropLast())
        let b = try Track1(text.utf8.span)
        let isSame = a.isSame(as: b).declassify()
        #expect(isSame)
    }

    @Test func `is not the same as one with one character more`() throws {
        let a = try Track1("%B4111111111111111^A/^^^?".utf8.span)
        let b = try Track1("%B4111111111111111^A/^^^0?".utf8.span)
        let isSame = a.isSame(as: b).declassify()
        #expect(!isSame)
    }

    @Test func `passes on what a closure throws`() throws {
        let track = try Track1(Self.good.utf8.span)
        #expect(throws: Failure()) { try track.withText { _ throws(Failure) in throw Failure() } }
        #expect(throws: Failure()) { try track.withName { _ throws(Failure) in throw Failure() } }
    }

    @Test func `is packed as count, characters and zeros`() throws {
        let bytes = try packed("%B4111111111111111^A/^^^?")
        #expect(
            bytes == [23] + Array("B4111111111111111^A/^^^".utf8) + Array(repeating: 0, count: 53))
    }

    @Test func `is opened from no other bytes`() throws {
        let good = try packed("%B4111111111111111^A/^2512101?")
        try #require(opened(good) != nil)
        for offset in good.indices {
            for value in UInt8.min...UInt8.max {
                var bytes = good
                bytes[offset] = value
                guard let track = opened(bytes) else { continue }
                #expect(try packed(track.text, luhn: .ignored) == bytes)
            }
        }
    }

    @Test func `is none where nothing was opened`() { #expect(opened([]) == nil) }

    @Test func `passes on why it could not be opened`() {
        #expect(throws: Failure()) {
            _ = try Track1.opened { _ throws(Failure) in throw Failure() }
        }
    }

    #if os(Linux)
        @Test func `lies in memory once while held, and nowhere when dropped`() async {
            await #expect(processExitsWith: .success) {
                var source = WipedBytes(count: 76)
                source.withMutableBytes { text in writeRandomTrack(into: &text) }
                let needle = source.withBytes { Needle(lyingIn: $0.extracting(20...)) }
                var track: Track1? = try source.withBytes { text throws(TrackError) in
                    try Track1(text, luhn: .ignored)
                }
                try #expect(needle.occurrences() == 2)
                drop(source)
                try #expect(needle.occurrences() == 1)
                let during = try track?.withText { _ in try needle.occurrences() }
                #expect(during == 2)
                try #expect(needle.occurrences() == 1)
                track = nil
                let isGone = track == nil
                #expect(isGone)
                try #expect(needle.occurrences() == 0)
            }
        }
    #endif
}

private func drop(_ bytes: consuming WipedBytes) {}

/// Writes a track of 76 characters: a number, a name and discretionary data of random letters.
private func writeRandomTrack(into text: inout MutableSpan<UInt8>) {
    let fixed = Array("B4111111111111111^".utf8)
    var random = SystemRandomNumberGenerator()
    for i in text.indices { text[i] = .random(in: 0x41...0x5A, using: &random) }
    for i in fixed.indices { text[i] = fixed[i] }
    for i in 44..<47 { text[i] = 0x5E }
}
