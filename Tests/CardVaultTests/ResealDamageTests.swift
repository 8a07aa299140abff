// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import TestSupport
internal import Testing

/// Somebody who can write the database, and holds no key of the vault, changes cards before a
/// reseal.
@Suite("Reseal of altered rows") struct ResealDamageTests {
    /// How a card is altered so that it opens no more.
    enum Damage: String, CaseIterable, Sendable {
        case box, key, unknownKey, facts, display

        func sql(_ place: String, foreignKey: Int64) -> String {
            switch self {
            case .box: "UPDATE cards SET box = zeroblob(50) WHERE \(place)"
            case .key: "UPDATE cards SET key = \(foreignKey) WHERE \(place)"
            case .unknownKey: "UPDATE cards SET key = 999 WHERE \(place)"
            case .facts: "UPDATE cards SET expiry = 3001 WHERE \(place)"
            // A row that does not even decode.
            case .display: "UPDATE cards SET display = 'none' WHERE \(place)"
            }
        }
    }

    private let bench: Bench
    private let scope: Scope
    private let tokens: [Token]

    init() async throws {
        bench = try await Bench()
        scope = try await bench.scope()
        let cards = try await scope.tokenize(Cards.batch(0..<10))
        tokens = try cards.map { try $0.get().token }
    }

    private func place(_ token: Token) -> String { "token = X'\(hex(token.stored))'" }

    /// A row of `cards` as text, to the byte.
    private func row(_ token: Token) throws -> [[UInt8]] {
        try bench.intruder().blobs(
            """
            SELECT CAST(quote(key) || quote(box) || quote(format) || quote(display)
            || quote(brand) || quote(expiry) || quote(created) || quote(expires) AS BLOB)
            FROM cards WHERE \(place(token))
            """)
    }

    @Test(arguments: Damage.allCases)
    func `leaves them to the byte, lists them, and seals all others`(
        _ damage: Damage
    ) async throws {
        let other = try await bench.scope("acme")
        let foreign = try await other.tokenize(PAN(Cards.visa))
        let foreignKey = try await #require(bench.store.card(foreign.token)).key.rawValue
        try await bench.vault.rotated(.data)
        try bench.tamper(damage.sql(place(tokens[3]), foreignKey: foreignKey))
        let before = try row(tokens[3])
        let end = try await bench.vault.resealed()
        #expect(end.unreadableCount == 1)
        #expect(end.unreadable.map(\.token) == [tokens[3]])
        #expect(end.resealedCount == 9)
        #expect(try row(tokens[3]) == before)
        for (index, token) in tokens.enumerated() where index != 3 {
            let pan = try await scope.detokenize(token, purpose: "test")
            #expect(digits(pan) == Cards.text(index))
        }
        let again = try await bench.vault.resealed()
        #expect(again.unreadable.map(\.token) == [tokens[3]])
        #expect(again.resealedCount == 0)
    }

    @Test(arguments: Damage.allCases)
    func `ends no fingerprint key that they may need until they are overruled`(
        _ damage: Damage
    ) async throws {
        let foreignKey = try await bench.vault.sealing(.fingerprint).number.rawValue
        let rotation = try await bench.vault.rotated(.fingerprint)
        try bench.tamper(damage.sql(place(tokens[3]), foreignKey: foreignKey))
        let blocked = try await bench.vault.resealed()
        #expect(blocked.ended.isEmpty)
        #expect(blocked.blocked == [scope.id])
        #expect(blocked.indexedCount == 9)
        var options = ResealOptions()
        options.overruled = [tokens[2]]
        #expect(try await bench.vault.resealed(options).ended.isEmpty)
        options.overruled = [tokens[3]]
        let end = try await bench.vault.resealed(options)
        #expect(end.ended == [rotation.old])
        #expect(end.blocked.isEmpty)
        #expect(try bench.rowCount("fingerprints") == 9)
        try await bench.vault.destroy(try #require(rotation.old))
    }

    @Test func `ends a fingerprint key when they were deleted`() async throws {
        let rotation = try await bench.vault.rotated(.fingerprint)
        try bench.tamper(Damage.box.sql(place(tokens[3]), foreignKey: 0))
        #expect(try await bench.vault.resealed().ended.isEmpty)
        try await scope.delete(tokens[3])
        #expect(try await bench.vault.resealed().ended == [rotation.old])
    }

    @Test func `begins a rotation of the data key though one is left behind`() async throws {
        let first = try #require(try await bench.vault.rotated(.data).old)
        try bench.tamper(Damage.box.sql(place(tokens[3]), foreignKey: 0))
        #expect(try await bench.vault.rotated(.data).isResumed)
        try await bench.vault.resealed()
        #expect(try await !bench.vault.rotated(.data).isResumed)
        // All others lie under the second key, and await a walk.
        #expect(try await bench.vault.rotated(.data).isResumed)
        #expect(await code { try await bench.vault.destroy(first) } == .keyNeeded)
        try await bench.vault.resealed()
        #expect(try await !bench.vault.rotated(.data).isResumed)
        try await scope.delete(tokens[3])
        try await bench.vault.destroy(first)
    }

    @Test(arguments: [
        "UPDATE fingerprints SET fingerprint = zeroblob(16)",
        "UPDATE fingerprints SET format = 2",
        "DELETE FROM fingerprints",
    ])
    func `puts search rows right that were changed`(_ sql: String) async throws {
        try bench.tamper("\(sql) WHERE \(place(tokens[3]))")
        #expect(try await scope.find(Cards.numbered(3)) == nil)
        let end = try await bench.vault.resealed()
        #expect(end.indexedCount == 1)
        #expect(end.changed == (sql.hasPrefix("DELETE") ? [] : [tokens[3]]))
        #expect(try await scope.find(Cards.numbered(3))?.token == tokens[3])
        #expect(try bench.rowCount("fingerprints") == 10)
    }

    @Test func `puts search rows right that point at another card`() async throws {
        let other = hex(tokens[7].stored)
        try bench.tamper("UPDATE fingerprints SET token = X'\(other)' WHERE \(place(tokens[3]))")
        #expect(await code { try await scope.find(Cards.numbered(3)) } == .integrity)
        try await bench.vault.resealed()
        #expect(try await scope.find(Cards.numbered(3))?.token == tokens[3])
        #expect(try await scope.find(Cards.numbered(7))?.token == tokens[7])
    }

    @Test func `puts search rows right that point at no card`() async throws {
        let none = hex(try Token("tok_00000000000000000000000000").stored)
        try bench.tamper("UPDATE fingerprints SET token = X'\(none)' WHERE \(place(tokens[3]))")
        let end = try await bench.vault.resealed()
        #expect(end.duplicateCount == 0)
        #expect(end.changed == [tokens[3]])
        #expect(try await scope.find(Cards.numbered(3))?.token == tokens[3])
    }

    @Test(arguments: [1, 512])
    func `puts search rows right that point at a card before or after`(
        _ pageCount: Int
    ) async throws {
        var options = ResealOptions()
        options.pageCount = pageCount
        for (number, other) in [(3, 7), (8, 2)] {
            let to = hex(tokens[other].stored)
            try bench.tamper("DELETE FROM fingerprints WHERE \(place(tokens[other]))")
            try bench.tamper(
                "UPDATE fingerprints SET token = X'\(to)' WHERE \(place(tokens[number]))")
            let end = try await bench.vault.resealed(options)
            #expect(end.duplicateCount == 0 && end.unreadableCount == 0)
            #expect(end.indexedCount == 2)
            for index in [number, other] {
                #expect(try await scope.find(Cards.numbered(index))?.token == tokens[index])
            }
        }
    }

    @Test(arguments: ["X''", "X'0102'", "zeroblob(17)"])
    func `puts search rows right that name no token`(_ none: String) async throws {
        try bench.tamper("UPDATE fingerprints SET token = \(none) WHERE \(place(tokens[3]))")
        let end = try await bench.vault.resealed()
        #expect(end.walkedCount == 10 && end.changed == [tokens[3]])
        #expect(try await scope.find(Cards.numbered(3))?.token == tokens[3])
        #expect(try await bench.vault.resealed().changedCount == 0)
    }

    @Test func `ends a fingerprint key though two tokens stand for one card`() async throws {
        try bench.tamper(
            "UPDATE fingerprints SET fingerprint = zeroblob(16) WHERE \(place(tokens[3]))")
        let twin = try await scope.tokenize(Cards.numbered(3)).token
        #expect(twin != tokens[3])
        let rotation = try await bench.vault.rotated(.fingerprint)
        let end = try await bench.vault.resealed()
        #expect(end.duplicateCount > 0)
        #expect(end.ended == [rotation.old])
        let found = try await scope.find(Cards.numbered(3))?.token
        #expect(found == twin || found == tokens[3])
        for token in [twin, tokens[3]] {
            let pan = try await scope.detokenize(token, purpose: "test")
            #expect(digits(pan) == Cards.text(3))
        }
    }
}
