// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import TestSupport
internal import Testing

/// The carrier has regional brands, rules of their own for some, and does not look at the digit
/// count. Each row that we answer otherwise is named here with the reason.
@Suite("Active Merchant's brands") struct ActiveMerchantTests {
    struct Row: Decodable, Sendable {
        let tcId: Int
        let kind: String
        let pan: String
        let brand: String?
        let valid: Bool?
    }

    private struct File: Decodable {
        let tests: [Row]
    }

    private func rows(_ kind: String) throws -> [Row] {
        let rows = try Vectors.load("cards/active_merchant_brands.json", as: File.self).tests
        try #require(rows.count == 206)
        #expect(Set(rows.map(\.kind)) == ["brand", "not_brand", "valid_number"])
        return rows.filter { $0.kind == kind }
    }

    private func brandName(_ number: String) throws -> String {
        switch try PAN(number, luhn: .ignored).brand {
        case .mastercard: "master"
        case .dinersClub: "diners_club"
        case let brand: brand.name.lowercased()
        }
    }

    /// Brands that our table does not have, and what it says of their numbers.
    static let regional: [(brand: String, rows: Int, ours: Set<String>)] = [
        ("alelo", 3, ["elo"]), ("alia", 3, ["maestro"]), ("anda", 1, ["maestro"]),
        ("bp_plus", 2, ["unknown"]), ("cabal", 3, ["maestro", "discover"]),
        ("cartes_bancaires", 2, ["maestro"]), ("confiable", 1, ["maestro"]),
        ("dankort", 1, ["maestro"]), ("edenred", 3, ["maestro"]),
        ("forbrugsforeningen", 1, ["maestro"]), ("mada", 2, ["maestro"]),
        ("maestro_no_luhn", 2, ["maestro"]), ("olimpica", 1, ["maestro"]),
        ("passcard", 2, ["maestro"]), ("routex", 3, ["unknown"]), ("sodexo", 7, ["maestro"]),
        ("tarjeta-d", 1, ["maestro"]), ("tarjeta_sol", 1, ["maestro"]), ("tuya", 1, ["maestro"]),
        ("uatp", 1, ["unknown"]), ("vr", 1, ["maestro"]),
    ]

    @Test func `agree on 133 of the 141 numbers of brands that both know`() throws {
        let names = Set(Self.regional.map(\.brand))
        let known = try rows("brand").filter { !names.contains($0.brand ?? "") }
        #expect(known.count == 141)
        let differing = try known.filter { try brandName($0.pan) != $0.brand }
        // JCB numbers of ranges that our table, of later date, no longer has.
        let formerJCB = [9, 11, 13, 15, 17]
        // Hipercard and Hiper, which the carrier takes for the network that they run on,
        // Mastercard.
        let onMastercard = [24, 26, 28]
        #expect(differing.map(\.tcId) == formerJCB + onMastercard)
        #expect(try differing.prefix(5).allSatisfy { try brandName($0.pan) == "unknown" })
        #expect(
            try differing.suffix(3).map { try brandName($0.pan) } == [
                "hipercard", "hiper", "hiper",
            ])
    }

    @Test func `differ on the 42 numbers of regional brands`() throws {
        let rows = try rows("brand")
        #expect(rows.count == 183)
        for (brand, count, ours) in Self.regional {
            let numbers = rows.filter { $0.brand == brand }
            #expect(numbers.count == count, "\(brand)")
            #expect(try Set(numbers.map { try brandName($0.pan) }) == ours, "\(brand)")
        }
        #expect(Self.regional.map(\.rows).reduce(0, +) == 42)
    }

    /// Rows 194 and 196 lie outside the carrier's narrow Maestro ranges and inside our 56 to 59.
    @Test func `differ on 2 of the 6 numbers that are not of a brand`() throws {
        let rows = try rows("not_brand")
        #expect(rows.count == 6)
        let differing = try rows.filter { try brandName($0.pan) == $0.brand }
        #expect(differing.map(\.tcId) == [194, 196])
    }

    /// Rows 146 and 157 pass Luhn; the carrier refuses them by rules of BP Plus and Edenred.
    @Test func `differ on 2 of the 17 verdicts`() throws {
        let rows = try rows("valid_number")
        #expect(rows.count == 17)
        let differing = rows.filter { row in
            let pan = try? PAN(row.pan)
            return (pan != nil) != row.valid
        }
        #expect(differing.map(\.tcId) == [146, 157])
    }
}
