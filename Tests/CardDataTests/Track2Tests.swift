// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import ConstantTime
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Track 2") struct Track2Tests {
    private struct Failure: Error, Equatable {}

    static let good = ";4111111111111111=2512101123400001230?"

    private func read(_ text: String) throws(TrackError) -> TrackReading {
        try .track2(Array(text.utf8))
    }

    private func packed(_ text: String, luhn: LuhnRule = .required) throws -> [UInt8] {
        let characters = Array(text.utf8)
        return try Track2(characters.span, luhn: luhn).withPacked(array)
    }

    private func opened(_ bytes: [UInt8]) -> TrackReading? {
        let track = Track2.opened { cell in for i in bytes.indices { cell[i] = bytes[i] } }
        return if let track { reading(track) } else { nil }
    }

    @Test func `tells its fields`() throws {
        let track = try read(Self.good)
        #expect(track.pan == "4111111111111111")
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
        var generator = SeededRandom(seed: 11)
        for _ in 0..<5_000 {
            let track = generator.track2()
            #expect(try TrackReading.track2(Array(track.text.utf8), luhn: .ignored) == track)
        }
    }

    @Test func `opens what it packs, whatever it is`() throws {
        var generator = SeededRandom(seed: 12)
        for _ in 0..<1_000 {
            let track = generator.track2()
            let bytes = try packed(track.text, luhn: .ignored)
            #expect(bytes.count == 38)
            #expect(opened(bytes) == track)
        }
    }

    @Test func `takes D for every separator, whatever it is`() throws {
        var generator = SeededRandom(seed: 13)
        for _ in 0..<1_000 {
            let track = generator.track2()
            let field = String(track.text.dropFirst().dropLast().map { $0 == "=" ? "D" : $0 })
            #expect(try TrackReading.track2(Array(field.utf8), luhn: .ignored) == track)
        }
    }

    @Test(arguments: [
        ("4111111111111111D=101", TrackError.expiry), ("4111111111111111=D101", .expiry),
        ("4111111111111111D2512=", .serviceCode), ("4111111111111111=2512D", .serviceCode),
        (";4111111111111111D2512101?", .badCharacter(offset: 17)),
        ("4111111111111111d2512101", .badCharacter(offset: 16)),
    ])
    func `refuses D beside = and between sentinels`(text: String, error: TrackError) {
        #expect(throws: error) { _ = try read(text) }
    }

    @Test func `has no expiry date and no service code where separators stand`() throws {
        let track = try read(";4111111111111111==123?")
        #expect(track.expiry == nil)
        #expect(track.serviceCode == "123")
        let bare = try read(";4111111111111111===?")
        #expect(bare.expiry == nil)
        #expect(bare.serviceCode == nil)
    }

    @Test func `has a country code after 59 only`() throws {
        let track = try TrackReading.track2(
            Array(";593456789012345=3211010123?".utf8), luhn: .ignored)
        #expect(track.countryCode == 321)
        #expect(track.expiry == "10/10")
    }

    @Test func `ends at 40 characters, check character included`() throws {
        let fields = ";4111111111111111=2512101"
        let whole = fields + String(repeating: "0", count: 38 - fields.count) + "?"
        let check = checkCharacter(of: whole, bitCount: 4, zero: 0x30)
        #expect((whole + check).utf8.count == 40)
        #expect(try read(whole + check).text == whole)
    }

    @Test func `takes a right check character, whatever it is`() throws {
        var generator = SeededRandom(seed: 14)
        var seen: Set<String> = []
        for _ in 0..<1_000 {
            let track = generator.track2()
            let check = checkCharacter(of: track.text, bitCount: 4, zero: 0x30)
            let text = Array((track.text + check).utf8)
            #expect(try TrackReading.track2(text, luhn: .ignored) == track)
            seen.insert(check)
        }
        #expect(seen.count == 16)
    }

    @Test func `refuses every wrong check character`() throws {
        let right = checkCharacter(of: Self.good, bitCount: 4, zero: 0x30).utf8.first
        for byte in UInt8.min...UInt8.max where byte != right {
            #expect(throws: TrackError.checkCharacter) {
                _ = try TrackReading.track2(Array(Self.good.utf8) + [byte])
            }
        }
    }

    @Test func `asks Luhn unless told not to`() throws {
        let text = Array("4111111111111112===".utf8)
        #expect(throws: TrackError.pan(.checkDigit)) { _ = try TrackReading.track2(text) }
        #expect(try TrackReading.track2(text, luhn: .ignored).pan == "4111111111111112")
    }

    @Test func `is the same as one of the same text`() throws {
        let a = try Track2(Self.good.utf8.span)
        let b = try Track2("4111111111111111D2512101123400001230".utf8.span)
        let isSame = a.isSame(as: b).declassify()
        #expect(isSame)
    }

    @Test func `is not the same as one with one digit more`() throws {
        let a = try Track2("4111111111111111===".utf8.span)
        let b = try Track2("4111111111111111===0".utf8.span)
        let isSame = a.isSame(as: b).declassify()
        #expect(!isSame)
    }

    @Test func `passes on what a closure throws`() throws {
        let track = try Track2(Self.good.utf8.span)
        #expect(throws: Failure()) { try track.withText { _ throws(Failure) in throw Failure() } }
        #expect(throws: Failure()) {
            try track.withDiscretionaryData { _ throws(Failure) in throw Failure() }
        }
    }

    @Test func `is packed as count, characters and zeros`() throws {
        let bytes = try packed("4111111111111111D2512101")
        let characters = Array("4111111111111111=2512101".utf8)
        #expect(bytes == [24] + characters + Array(repeating: 0, count: 13))
    }

    @Test func `is opened from no other bytes`() throws {
        let good = try packed("4111111111111111=2512101")
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
            _ = try Track2.opened { _ throws(Failure) in throw Failure() }
        }
    }

    #if os(Linux)
        @Test func `lies in memory once while held, and nowhere when dropped`() async {
            await #expect(processExitsWith: .success) {
                var source = WipedBytes(count: 37)
                source.withMutableBytes { text in
                    var random = SystemRandomNumberGenerator()
                    for i in text.indices { text[i] = .random(in: 0x30...0x39, using: &random) }
                    text[0] = 0x34
                    for i in 8..<11 { text[i] = 0x3D }
                }
                let needle = source.withBytes { Needle(lyingIn: $0) }
                var track: Track2? = try source.withBytes { text throws(TrackError) in
                    try Track2(text, luhn: .ignored)
                }
                try #expect(needle.occurrences() == 2)
                drop(source)
                try #expect(needle.occurrences() == 1)
                let during = try track?.withText { _ in try needle.occurrences() }
                #expect(during == 2)
                track = nil
                let isGone = track == nil
                #expect(isGone)
                try #expect(needle.occurrences() == 0)
            }
        }
    #endif
}

private func drop(_ bytes: consuming WipedBytes) {}
