// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime
internal import TestSupport
internal import Testing

@testable internal import CardData

/// A vector file of the `cards` group.
private struct File<Row: Decodable>: Decodable {
    let tests: [Row]
}

private func rows<Row: Decodable>(_ name: String, of type: Row.Type, count: Int) throws -> [Row] {
    let rows = try Vectors.load("cards/\(name).json", as: File<Row>.self).tests
    try #require(rows.count == count)
    return rows
}

/// The brand that a vector file means, or nil where our table has no such brand.
private func brand(_ name: String) -> CardBrand? {
    switch name {
    case "amex", "american_express", "american-express": .americanExpress
    case "diners", "diners_club", "diners-club": .dinersClub
    case "master": .mastercard
    case "unionpay": .unionPay
    default: CardBrand.allCases.first { $0.name.lowercased() == name }
    }
}

/// The brands that numbers may have which begin with `prefix`.
private func possibleBrands(_ prefix: String) throws -> Set<CardBrand> {
    let leading = String(prefix.prefix(8))
    let zeros = String(repeating: "0", count: 8 - leading.count)
    let nines = String(repeating: "9", count: 8 - leading.count)
    let (first, last) = try (#require(UInt32(leading + zeros)), #require(UInt32(leading + nines)))
    let runs = CardBrand.runs
    let within = runs.indices.filter { index in
        let end = index + 1 < runs.count ? runs[index + 1].first : 100_000_000
        return runs[index].first <= last && first < end
    }
    return Set(within.map { runs[$0].brand }).subtracting([.unknown])
}

@Suite("Card vectors") struct CardVectorTests {
    @Test func `take every number of the processors' sandboxes`() throws {
        struct Row: Decodable {
            let tcId: Int
            let brand: String
            let pan: String
            let length: Int
            let luhn: Bool
        }
        for row in try rows("processor_test_pans", of: Row.self, count: 29) {
            let pan = try PAN(row.pan)
            let (found, count, isValid) = (pan.brand, pan.digitCount, pan.passesLuhn)
            #expect(found == brand(row.brand), "row \(row.tcId)")
            #expect(count == row.length, "row \(row.tcId)")
            #expect(isValid == row.luhn, "row \(row.tcId)")
            #expect(text(pan) == row.pan, "row \(row.tcId)")
        }
    }

    /// One row of 31 is answered otherwise: 19, a UnionPay number that fails Luhn. The carrier does
    /// not check UnionPay; we do unless told `.ignored`, and with that we agree there too.
    @Test func `give Braintree's verdict on numbers, Luhn required everywhere`() throws {
        struct Row: Decodable {
            let tcId: Int
            let input: String
            let brand: String?
            let valid: Bool
        }
        func isTaken(_ input: String, _ luhn: LuhnRule) -> Bool {
            guard let pan = try? PAN(input, luhn: luhn) else { return false }
            return pan.brand != .unknown
        }
        let rows = try rows("braintree_card_validator", of: Row.self, count: 31)
        let differing = rows.filter { isTaken($0.input, .required) != $0.valid }
        #expect(differing.map(\.tcId) == [19])
        #expect(differing.allSatisfy { isTaken($0.input, .ignored) })
        for row in rows where row.input.allSatisfy({ $0 == " " || $0.isNumber }) {
            let possible = try possibleBrands(row.input.filter { $0 != " " })
            let only = possible.count == 1 ? possible.first : nil
            #expect(only == row.brand.flatMap(brand), "row \(row.tcId)")
        }
    }

    /// Three rows of 105 are answered otherwise: 195, 209 and 211 (62778, 65, 6550). The carrier
    /// still holds Maestro possible there, by its prefix 6; we see that longer prefixes leave it no
    /// number.
    @Test func `name the brands that Braintree holds possible for a prefix`() throws {
        let rows = try rows("braintree_credit_card_type", of: PrefixRow.self, count: 105)
        var differing: [Int] = []
        for row in rows {
            let expected = Set(row.brands.compactMap(brand))
            try #require(expected.count == row.brands.count)
            let possible = try possibleBrands(row.prefix)
            if possible != expected { differing.append(row.tcId) }
            #expect(possible == expected || possible == expected.subtracting([.maestro]))
        }
        #expect(differing == [195, 209, 211])
    }

    /// One row of the 33 whole numbers is answered otherwise: 79, an American Express prefix before
    /// 14 digits. The carrier looks at the prefix alone; we name no brand that issues no such
    /// numbers.
    @Test func `name the brand that Braintree names for a whole number`() throws {
        let rows = try rows("braintree_credit_card_type", of: PrefixRow.self, count: 105)
            .filter { $0.brand != nil && $0.prefix.count >= 12 }
        #expect(rows.count == 33)
        let differing = try rows.filter { row in
            let pan = try PAN(row.prefix, luhn: .ignored)
            return pan.brand != row.brand.flatMap(brand)
        }
        #expect(differing.map(\.tcId) == [79])
        #expect(try PAN("34343434343434", luhn: .ignored).brand == .unknown)
    }

    private struct PrefixRow: Decodable {
        let tcId: Int
        let prefix: String
        let brand: String?
        let brandsPossible: [String]?
        var brands: [String] { brandsPossible ?? brand.map { [$0] } ?? [] }
    }

    @Test func `hold the same ranges, digit counts and names as the published table`() throws {
        let table = try Vectors.load("cards/brand_ranges_braintree.json", as: BrandTable.self)
        #expect(table.brands.count == 15)
        for (code, row) in zip(1..., table.brands) {
            let brand = try #require(CardBrand(rawValue: UInt8(code)))
            #expect(brand.name == row.nice)
            #expect(brand.digitCounts == row.lengths)
            #expect(brand.prefixes.map(\.0) == row.patterns.map(\.first), "\(brand)")
            #expect(brand.prefixes.map(\.1) == row.patterns.map(\.last), "\(brand)")
        }
    }

    private struct BrandTable: Decodable {
        struct Row: Decodable {
            let nice: String
            let patterns: [Pattern]
            let lengths: [Int]
        }
        let brands: [Row]
    }

    /// A prefix, or an array of the first and the last one.
    private struct Pattern: Decodable {
        let first: UInt32
        let last: UInt32

        init(from decoder: any Decoder) throws {
            if let single = try? decoder.singleValueContainer().decode(UInt32.self) {
                (first, last) = (single, single)
            } else {
                var pair = try decoder.unkeyedContainer()
                (first, last) = (try pair.decode(UInt32.self), try pair.decode(UInt32.self))
            }
        }
    }

    @Test func `agree with Exercism's canonical Luhn data`() throws {
        struct Row: Decodable {
            let tcId: Int
            let value: String
            let valid: Bool
        }
        for row in try rows("luhn_exercism", of: Row.self, count: 11) {
            let characters = row.value.filter { $0 != " " }
            let digits = characters.compactMap { UInt32(String($0)) }
            var sum = LuhnSum()
            for digit in digits { sum.append(digit) }
            // The carrier refuses other characters and single digits; a PAN is refused before its
            // sum.
            let isNumber = digits.count == characters.count && digits.count > 1
            #expect((isNumber && sum.isValid.declassify()) == row.valid, "row \(row.tcId)")
        }
    }
}
