// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import TestSupport
internal import Testing

/// Somebody who can write the database hides cards from the walk that is to bring them under a new
/// fingerprint key.
@Suite("Cards hidden from a reseal") struct HiddenCardTests {
    private let bench: Bench
    private let scope: Scope
    private let tokens: [Token]
    /// The data key of a scope that was shredded.
    private let deadKey: Int64

    init() async throws {
        bench = try await Bench()
        scope = try await bench.scope()
        tokens = try await scope.tokenize(Cards.batch(0..<10)).map { try $0.get().token }
        let doomed = try await bench.scope("doomed")
        let card = try await doomed.tokenize(PAN(Cards.visa))
        deadKey = try await #require(bench.store.card(card.token)).key.rawValue
        try await bench.vault.shred(doomed.id)
    }

    private func place(_ token: Token) -> String { "token = X'\(hex(token.stored))'" }

    /// Gives a card and its search row a token that is none.
    private func loseToken() throws {
        for table in ["fingerprints", "cards"] {
            try bench.tamper("UPDATE \(table) SET token = X'0102' WHERE \(place(tokens[3]))")
        }
    }

    @Test func `keep the older fingerprint key, and are listed`() async throws {
        let rotation = try await bench.vault.rotated(.fingerprint)
        try bench.tamper("UPDATE cards SET key = \(deadKey) WHERE \(place(tokens[3]))")
        let end = try await bench.vault.resealed()
        #expect(end.ended.isEmpty)
        #expect(end.blocked == [scope.id])
        #expect(end.unreadable.map(\.token) == [tokens[3]])
        #expect(end.unreadableCount == 1)
        #expect(try await bench.vault.sealing(.fingerprint).key.id == rotation.new)
        #expect(try await bench.vault.stored(#require(rotation.old)).fence == .sealing)
        var options = ResealOptions()
        options.overruled = [tokens[3]]
        #expect(try await bench.vault.resealed(options).ended == [rotation.old])
    }

    @Test func `keep it in a reseal of their scope alone`() async throws {
        try await bench.vault.rotated(.fingerprint)
        try bench.tamper("UPDATE cards SET key = \(deadKey) WHERE \(place(tokens[3]))")
        let end = try await scope.reseal().last()
        #expect(end.ended.isEmpty && end.blocked == [scope.id])
        #expect(end.unreadable.map(\.token) == [tokens[3]])
    }

    @Test func `keep it when they are gone and their search rows are not`() async throws {
        let rotation = try await bench.vault.rotated(.fingerprint)
        try bench.tamper("DELETE FROM cards WHERE \(place(tokens[3]))")
        #expect(try await bench.vault.resealed().blocked == [scope.id])
        var options = ResealOptions()
        options.overruled = [tokens[3]]
        #expect(try await bench.vault.resealed(options).ended == [rotation.old])
    }

    @Test func `are given up though many search rows name them`() async throws {
        let rotation = try await bench.vault.rotated(.fingerprint)
        let old = try await bench.vault.stored(#require(rotation.old)).number.rawValue
        try bench.tamper("DELETE FROM cards WHERE \(place(tokens[3]))")
        try bench.tamper(
            """
            WITH RECURSIVE row(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row WHERE n < 1500)
            INSERT INTO fingerprints SELECT \(old), 0, randomblob(16), X'\(hex(tokens[3].stored))'
            FROM row
            """)
        #expect(try await bench.vault.resealed().blocked == [scope.id])
        var options = ResealOptions()
        options.overruled = [tokens[3]]
        #expect(try await bench.vault.resealed(options).ended == [rotation.old])
    }

    @Test func `are given up by the row where they have no token`() async throws {
        let rotation = try await bench.vault.rotated(.fingerprint)
        try loseToken()
        let blocked = try await bench.vault.resealed()
        #expect(blocked.unreadable.map(\.description) == ["row 0102"])
        #expect(blocked.ended.isEmpty)
        var options = ResealOptions()
        options.overruledPlaces = [[1, 2]]
        #expect(try await bench.vault.resealed(options).ended == [rotation.old])
    }

    @Test func `are removed by the row where they have no token`() async throws {
        let rotation = try await bench.vault.rotated(.fingerprint)
        try loseToken()
        try await bench.vault.delete(row: [1, 2])
        #expect(await code { try await bench.vault.delete(row: [1, 2]) } == .notFound)
        let end = try await bench.vault.resealed()
        #expect(end.ended == [rotation.old] && end.unreadableCount == 0)
        #expect(try bench.rowCount("cards") == 10)
    }

    @Test func `are removed by their row only where no scope can`() async throws {
        #expect(await code { try await bench.vault.delete(row: tokens[3].stored) } == .notFound)
        try bench.tamper("UPDATE cards SET key = \(deadKey) WHERE \(place(tokens[3]))")
        try await bench.vault.delete(row: tokens[3].stored)
        #expect(try bench.rowCount("cards") == 10)
        #expect(try await scope.find(Cards.numbered(3)) == nil)
    }

    @Test(arguments: ResealDamageTests.Damage.allCases)
    func `are removed by their token`(_ damage: ResealDamageTests.Damage) async throws {
        try bench.tamper(damage.sql(place(tokens[3]), foreignKey: deadKey))
        try await scope.delete(tokens[3])
        #expect(await code { try await scope.delete(tokens[3]) } == .notFound)
        #expect(try await bench.vault.resealed().unreadableCount == 0)
    }

    /// Its search rows may have been altered as its key may have been.
    @Test func `are not removed by another scope whose search row names them`() async throws {
        let other = try await bench.scope("acme")
        let key = try #require(
            try await bench.vault.stored(other.id).keys.first { $0.key.purpose == .fingerprint })
        try bench.tamper(
            """
            INSERT INTO fingerprints SELECT \(key.number.rawValue), format, randomblob(16), token
            FROM cards WHERE \(place(tokens[3]))
            """)
        #expect(await code { try await other.delete(tokens[3]) } == .notFound)
        #expect(try bench.rowCount("cards") == 11)
        try await scope.delete(tokens[3])
    }

    @Test func `are removed by no other scope`() async throws {
        let other = try await bench.scope("acme")
        #expect(await code { try await other.delete(tokens[3]) } == .notFound)
        try bench.tamper("UPDATE cards SET display = 'none' WHERE \(place(tokens[3]))")
        #expect(await code { try await other.delete(tokens[3]) } == .notFound)
    }
}
