// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import TestSupport

/// What a track tells, as values that can be compared.
struct TrackReading: Equatable {
    let text: String
    let pan: String
    var name = ""
    let countryCode: UInt16?
    let expiry: String?
    let serviceCode: String?
    let discretionaryData: String

    /// Reads track 1.
    static func track1(
        _ characters: [UInt8], luhn: LuhnRule = .required
    ) throws(TrackError) -> TrackReading { reading(try Track1(characters.span, luhn: luhn)) }

    /// Reads track 2.
    static func track2(
        _ characters: [UInt8], luhn: LuhnRule = .required
    ) throws(TrackError) -> TrackReading { reading(try Track2(characters.span, luhn: luhn)) }
}

/// What `track` tells.
func reading(_ track: borrowing Track1) -> TrackReading {
    TrackReading(
        text: track.withText(string), pan: text(track.pan()), name: track.withName(string),
        countryCode: track.countryCode, expiry: track.expiry?.description,
        serviceCode: track.serviceCode?.description,
        discretionaryData: track.withDiscretionaryData(string))
}

/// What `track` tells.
func reading(_ track: borrowing Track2) -> TrackReading {
    TrackReading(
        text: track.withText(string), pan: text(track.pan()), countryCode: track.countryCode,
        expiry: track.expiry?.description, serviceCode: track.serviceCode?.description,
        discretionaryData: track.withDiscretionaryData(string))
}

/// `characters` as text.
func string(_ characters: Span<UInt8>) -> String {
    String(decoding: array(characters), as: UTF8.self)
}

/// `bytes` as an array.
func array(_ bytes: Span<UInt8>) -> [UInt8] { bytes.indices.map { bytes[$0] } }

extension TrackReading {
    /// What a canonical text made of these parts must tell.
    init(
        pan: String, name: String? = nil, country: Int?, yearMonth: String?, serviceCode: String?,
        discretionaryData: String
    ) {
        let separator = name == nil ? "=" : "^"
        let code = country.map { String(String(1000 + $0).dropFirst()) } ?? ""
        let start = name == nil ? ";" : "%B"
        let named = name.map { $0 + separator } ?? ""
        text =
            start + pan + separator + code + named + (yearMonth ?? separator)
            + (serviceCode ?? separator) + discretionaryData + "?"
        self.pan = pan
        self.name = name ?? ""
        countryCode = country.map(UInt16.init)
        expiry = yearMonth.map { $0.suffix(2) + "/" + $0.prefix(2) }
        self.serviceCode = serviceCode
        self.discretionaryData = discretionaryData
    }
}

extension SeededRandom {
    /// Any track 1 that can be, in its canonical text.
    mutating func track1() -> TrackReading {
        let name = characters(Int.random(in: 2...26, using: &self))
        let track = track(name: name, room: 76 - 3 - name.count) { $0.characters($1) }
        return track
    }

    /// Any track 2 that can be, in its canonical text.
    mutating func track2() -> TrackReading { track(name: nil, room: 37 - 1) { $0.digits($1) } }

    private mutating func track(
        name: String?, room: Int, data: (inout SeededRandom, Int) -> String
    ) -> TrackReading {
        let pan = next() % 4 == 0 ? "59" + digits(Int.random(in: 6...17, using: &self)) : number()
        let country = pan.hasPrefix("59") ? Int.random(in: 0...999, using: &self) : nil
        let month = String(101 + Int(next() % 12)).dropFirst()
        let yearMonth = Bool.random(using: &self) ? digits(2) + month : nil
        let serviceCode = Bool.random(using: &self) ? digits(3) : nil
        let taken =
            pan.count + (country == nil ? 0 : 3) + (yearMonth?.count ?? 1)
            + (serviceCode?.count ?? 1)
        let count = Int.random(in: 0...room - taken, using: &self)
        return TrackReading(
            pan: pan, name: name, country: country, yearMonth: yearMonth,
            serviceCode: serviceCode, discretionaryData: data(&self, count))
    }

    private mutating func number() -> String { digits(Int.random(in: 8...19, using: &self)) }

    /// `count` characters of track 1 that separate and end nothing.
    private mutating func characters(_ count: Int) -> String {
        let characters = (0x20...0x5F as ClosedRange<UInt8>).filter { !"%^?".utf8.contains($0) }
        let bytes = (0..<count).map { _ in characters[Int(next() % UInt64(characters.count))] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The check character of `track`, by its definition: it makes the number of ones of each data bit
/// even, in `bitCount` bits that count from `zero`.
func checkCharacter(of track: String, bitCount: Int, zero: UInt8) -> String {
    let bits = (0..<bitCount).filter { bit in
        track.utf8.filter { ($0 - zero) >> UInt8(bit) & 1 == 1 }.count % 2 == 1
    }
    return String(decoding: [zero + bits.reduce(0) { $0 | 1 << UInt8($1) }], as: UTF8.self)
}
