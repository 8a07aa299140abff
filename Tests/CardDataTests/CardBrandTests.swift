// SPDX-License-Identifier: Apache-2.0
internal import Testing

@testable internal import CardData

@Suite("Card brand") struct CardBrandTests {
    @Test func `has stable codes`() {
        let brands: [CardBrand] = [
            .unknown, .visa, .mastercard, .americanExpress, .dinersClub, .troy, .discover, .jcb,
            .unionPay, .maestro, .elo, .mir, .hiper, .hipercard, .naranja, .verve,
        ]
        #expect(brands.map(\.rawValue) == Array(0...15))
        #expect(brands == CardBrand.allCases)
    }

    @Test func `has no brand under any other code`() {
        for code in UInt8(16)...UInt8.max { #expect(CardBrand(rawValue: code) == nil) }
    }

    @Test(arguments: CardBrand.allCases) func `prints its name`(brand: CardBrand) {
        #expect(brand.description == brand.name)
    }

    @Test(arguments: [
        ("4111111111111111", CardBrand.visa), ("4011780000000000", .elo),
        ("6500000000000000", .discover), ("6500310000000000", .elo), ("6500520000000000", .troy),
        ("5078650000000000", .verve), ("6509230000000000", .troy), ("6509220000000000", .elo),
        ("6000000000000000", .maestro), ("9999999999999999", .unknown),
        ("0000000000000000", .unknown), ("2720999999999999", .mastercard),
        ("2721000000000000", .unknown), ("2221000000000000", .mastercard),
        ("2220999999999999", .unknown),
    ])
    func `is told by the longest prefix, then the narrowest range`(
        _ number: String, brand: CardBrand
    ) throws {
        let found = try PAN(number, luhn: .ignored).brand
        #expect(found == brand)
    }

    @Test(arguments: CardBrand.allCases.dropFirst())
    func `is named only where it issues so many digits`(brand: CardBrand) throws {
        let prefix = try #require(brand.prefixes.first).0
        for count in 8...19 {
            let number = String(prefix) + String(repeating: "0", count: count)
            let found = try PAN(String(number.prefix(count)), luhn: .ignored).brand
            #expect(found == (brand.digitCounts.contains(count) ? brand : .unknown))
        }
    }

    /// What lets the narrowest range stand for the longest prefix: no two brands share a range, and
    /// no longer prefix has a wider one.
    @Test func `ranges of two brands that overlap differ in width, the longer prefix narrower`() {
        struct Claim {
            let brand: CardBrand
            let prefix: UInt32
            let range: ClosedRange<UInt32>
        }
        let claims = CardBrand.allCases.flatMap { brand in
            brand.prefixes.map { first, last in
                let scale = String(repeating: "0", count: 8 - String(first).count)
                let (lower, upper) = (UInt32("\(first)\(scale)"), UInt32("\(last + 1)\(scale)"))
                return Claim(brand: brand, prefix: first, range: (lower ?? 0)...((upper ?? 0) - 1))
            }
        }
        for a in claims {
            for b in claims where a.brand != b.brand && a.range.overlaps(b.range) {
                #expect(a.range.count != b.range.count)
                if String(a.prefix).count > String(b.prefix).count {
                    #expect(a.range.count < b.range.count)
                }
            }
        }
    }
}
