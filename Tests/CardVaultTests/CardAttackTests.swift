// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import Synchronization
internal import TestSupport
internal import Testing

/// Somebody who can write the database, and holds no key, changes cards.
@Suite("Attacks on cards") struct CardAttackTests {
    /// Two cards that differ in every column, and connections of friend and foe.
    private struct Scene {
        let bench: Bench
        let scope: Scope
        let a: Card
        let b: Card

        init() async throws {
            let clock = Mutex(UInt64(1_800_000_000_000))
            bench = try await Bench(now: {
                Timestamp(
                    milliseconds: clock.withLock { time in
                        time += 1; return time
                    }) ?? .now()
            })
            scope = try await bench.scope()
            a = try await scope.tokenize(PAN(Cards.visa), expiry: ExpiryDate("12/30"))
            b = try await scope.tokenize(
                PAN(Cards.amex), expiry: ExpiryDate("01/33"), format: .lastFour)
        }

        /// Runs SQL in which A and B stand for the stored keys of the two tokens.
        func tamper(_ sql: String) throws {
            try bench.tamper(
                sql.replacingOccurrences(of: "$A", with: literal(a.token))
                    .replacingOccurrences(of: "$B", with: literal(b.token)))
        }

        /// The kinds of failure of everything that opens a card.
        func codes(of card: Card, _ number: String) async -> [VaultError.Code?] {
            [
                await code { try await scope.describe(card.token) },
                await code { try await scope.detokenize(card.token, purpose: "test") },
                await code { try await scope.find(PAN(number), format: card.format) },
                await code { try await scope.tokenize(PAN(number), format: card.format) },
            ]
        }

        func expectRefusal(_ sql: String) async throws {
            try tamper(sql)
            let count = try bench.rowCount("cards")
            var tally = Tally("columns of cards swapped, moved to other keys, or made up")
            tally.count(refused: await codes(of: a, Cards.visa) == Self.refused, sql)
            tally.count(refused: await codes(of: b, Cards.amex) == Self.refused, sql)
            try tally.report(of: 2)
            #expect(try bench.rowCount("cards") == count)
        }

        static let refused: [VaultError.Code?] = [.integrity, .integrity, .integrity, .integrity]
    }

    @Test(arguments: [
        ["box"], ["display"], ["brand"], ["format"], ["expiry"], ["created"],
        ["box", "display", "brand", "format", "expiry", "created"],
    ])
    func `swaps columns of two cards`(_ columns: [String]) async throws {
        let scene = try await Scene()
        let settings = columns.map { column in
            """
            \(column) = (SELECT other.\(column) FROM before AS other
            WHERE other.token <> cards.token)
            """
        }
        try await scene.expectRefusal(
            """
            CREATE TEMP TABLE before AS SELECT * FROM cards;
            UPDATE cards SET \(settings.joined(separator: ", "));
            """)
    }

    @Test(arguments: ["1800086400000", "281474976710655"])
    func `gives a card an end`(_ end: String) async throws {
        try await Scene().expectRefusal("UPDATE cards SET expires = \(end)")
    }

    @Test(arguments: ["0", "1", "1700000000000"])
    func `gives a card an end that is past`(_ end: String) async throws {
        try await Scene().expectRefusal("UPDATE cards SET expires = \(end)")
    }

    @Test func `takes the expiry date of a card away`() async throws {
        try await Scene().expectRefusal("UPDATE cards SET expiry = NULL")
    }

    @Test func `moves cards to another key of the scope`() async throws {
        let scene = try await Scene()
        let id = try #require(ScopeID("default"))
        try await scene.bench.vault.rotateDataKey(of: id)
        let key = try #require(try await scene.bench.vault.stored(id).keys.last)
        #expect(key.key.purpose == .data)
        try await scene.expectRefusal("UPDATE cards SET key = \(key.number.rawValue)")
    }

    @Test func `moves a card to another scope's key`() async throws {
        let scene = try await Scene()
        let other = try await scene.bench.scope("acme")
        _ = try await other.tokenize(PAN(Cards.visa))
        let id = try #require(ScopeID("acme"))
        let key = try #require(
            try await scene.bench.vault.stored(id).keys.first { $0.key.purpose == .data })
        try scene.tamper("UPDATE cards SET key = \(key.number.rawValue) WHERE token = $A")
        var tally = Tally("a card moved to another scope, by its key or by its box")
        tally.count(
            refused: await scene.codes(of: scene.a, Cards.visa)
                == [.notFound, .notFound, .integrity, .integrity])
        tally.count(refused: await code { try await other.describe(scene.a.token) } == .integrity)
        tally.count(
            refused: await code {
                try await other.detokenize(scene.a.token, purpose: "test")
            } == .integrity)
        try tally.report(of: 3)
    }

    @Test func `puts a card's box under a token of another scope`() async throws {
        let scene = try await Scene()
        let other = try await scene.bench.scope("acme")
        let card = try await other.tokenize(PAN(Cards.mastercard))
        try scene.tamper(
            """
            UPDATE cards SET box = (SELECT box FROM cards WHERE token = $A)
            WHERE token = \(literal(card.token))
            """)
        var tally = Tally("a card moved to another scope, by its key or by its box")
        tally.count(refused: await code { try await other.describe(card.token) } == .integrity)
        let found = await code { try await other.find(PAN(Cards.mastercard)) }
        tally.count(refused: found == .integrity)
        try tally.report(of: 2)
    }

    @Test func `swaps the tokens of two cards`() async throws {
        try await Scene().expectRefusal(
            """
            UPDATE cards SET token = X'00' WHERE token = $A;
            UPDATE cards SET token = $A WHERE token = $B;
            UPDATE cards SET token = $B WHERE token = X'00';
            """)
    }

    @Test(arguments: ["X''", "zeroblob(49)", "zeroblob(51)", "zeroblob(50)", "zeroblob(60000)"])
    func `puts in a box of any size`(_ box: String) async throws {
        try await Scene().expectRefusal("UPDATE cards SET box = \(box)")
    }

    /// What may be the answer to an altered row.
    private static let refusals: Set<VaultError.Code?> = [.notFound, .integrity, .store]

    private static let values: [StoredValue.Kind: [String]] = [
        .blob: ["box"], .text: ["display"],
        .integer: ["key", "format", "brand", "expiry", "created"],
    ]

    @Test func `alters any column of a card`() async throws {
        let scene = try await Scene()
        let intruder = try scene.bench.intruder()
        let place = "token = \(literal(scene.a.token))"
        var tally = Tally("columns of a card: every bit, truncation and appended byte")
        for (kind, columns) in Self.values {
            for column in columns {
                let value = StoredValue(table: "cards", column: column, kind: kind, place: place)
                try await value.alter(by: intruder, &tally) {
                    await Set(scene.codes(of: scene.a, Cards.visa)).isSubset(of: Self.refusals)
                }
            }
        }
        try tally.report(of: Alterations.count(of: 50) + Alterations.count(of: 16) + 5 * 64)
        #expect(try await scene.scope.describe(scene.a.token).token == scene.a.token)
        #expect(try scene.bench.rowCount("cards") == 2)
    }

    @Test func `alters a card's token`() async throws {
        let scene = try await Scene()
        let intruder = try scene.bench.intruder()
        var tally = Tally("the token of a card: every bit, truncation and appended byte")
        var (foundCount, storedRight) = (0, literal(scene.a.token))
        for bytes in Alterations.all(of: scene.a.token.stored) {
            let altered = "X'\(hex(bytes))'"
            try intruder.execute(
                "UPDATE cards SET token = \(altered) WHERE token = \(storedRight)")
            storedRight = altered
            let missing: [VaultError.Code?] = [.notFound, .notFound, .integrity, .integrity]
            tally.count(refused: await scene.codes(of: scene.a, Cards.visa) == missing, altered)
            if let token = Token(stored: bytes.span) {
                foundCount += 1
                #expect(await code { try await scene.scope.describe(token) } == .integrity)
                #expect(
                    await code { try await scene.scope.detokenize(token, purpose: "test") }
                        == .integrity)
            }
        }
        // Of the tag's eight bits none gives another token.
        #expect(foundCount == 128)
        try tally.report(of: Alterations.count(of: 17))
    }

    @Test func `alters one card of a batch, which fails that one alone`() async throws {
        let scene = try await Scene()
        var batch = CardBatch(capacity: 3)
        for number in [Cards.mastercard, Cards.visa, Cards.otherVisa] {
            batch.append(number.utf8.span)
        }
        let token = scene.a.token
        let integrity = VaultError(.integrity, subject: token.description)
        // One that does not open, one that does not decode, one that is not there.
        for sql in [
            "UPDATE cards SET brand = 3 WHERE token = $A",
            "UPDATE cards SET brand = 77 WHERE token = $A", "DELETE FROM cards WHERE token = $A",
        ] {
            try scene.tamper(sql)
            let results = try await scene.scope.tokenize(batch)
            #expect(results.map { failure($0) } == [nil, integrity, nil])
        }
        let rows = try await scene.scope.detokenize([token, scene.b.token], purpose: "test")
        #expect((0..<2).map { rows.failure(at: $0)?.code } == [.notFound, nil])
    }
}

/// The stored key of a token, as SQL.
func literal(_ token: Token) -> String { "X'\(hex(token.stored))'" }
