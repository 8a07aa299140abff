// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import TestSupport
internal import Testing

/// Somebody who can write the database, and holds no key, changes search rows.
@Suite("Attacks on fingerprints") struct FingerprintAttackTests {
    private let bench: Bench
    private let scope: Scope
    private let a: Card
    private let b: Card

    init() async throws {
        bench = try await Bench()
        scope = try await bench.scope()
        a = try await scope.tokenize(PAN(Cards.visa))
        b = try await scope.tokenize(PAN(Cards.amex))
    }

    private func row(_ card: Card) -> String { "token = \(literal(card.token))" }

    private func integrity(_ card: Card) -> VaultError {
        VaultError(.integrity, subject: card.token.description)
    }

    @Test func `swaps those of two cards`() async throws {
        try bench.tamper(
            """
            UPDATE fingerprints SET token = CASE
            WHEN \(row(a)) THEN \(literal(b.token)) ELSE \(literal(a.token)) END
            """)
        let counts = [try bench.rowCount("cards"), try bench.rowCount("fingerprints")]
        var tally = Tally("the fingerprints of two cards swapped")
        for (number, wrong) in [(Cards.visa, b), (Cards.amex, a)] {
            let made = await refusal { try await scope.tokenize(PAN(number)) }
            tally.count(refused: made == integrity(wrong))
            let found = await refusal { try await scope.find(PAN(number)) }
            tally.count(refused: found == integrity(wrong))
        }
        try tally.report(of: 4)
        #expect([try bench.rowCount("cards"), try bench.rowCount("fingerprints")] == counts)
        #expect(counts == [2, 2])
        // By their tokens the cards are what they were.
        let pan = try await scope.detokenize(a.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
    }

    @Test func `points one at a card of another format or scope`() async throws {
        let digits = try await scope.tokenize(PAN(Cards.visa), format: .lastFour)
        let theirs = try await bench.scope("acme").tokenize(PAN(Cards.visa))
        var tally = Tally("a fingerprint that points at a card of another format or scope")
        for card in [digits, theirs] {
            try bench.tamper(
                """
                UPDATE fingerprints SET token = \(literal(card.token))
                WHERE \(row(a)) AND format = 1
                """)
            let found = await refusal { try await scope.find(PAN(Cards.visa)) }
            tally.count(refused: found == integrity(card))
            let made = await refusal { try await scope.tokenize(PAN(Cards.visa)) }
            tally.count(refused: made == integrity(card))
            try bench.tamper(
                """
                UPDATE fingerprints SET token = \(literal(a.token))
                WHERE \(row(card)) AND format = 1 AND key = (SELECT min(key) FROM fingerprints)
                """)
        }
        try tally.report(of: 4)
        #expect(try await scope.find(PAN(Cards.visa))?.token == a.token)
    }

    @Test func `points one at a card that is gone`() async throws {
        try bench.tamper("DELETE FROM cards WHERE \(row(a))")
        #expect(await refusal { try await scope.tokenize(PAN(Cards.visa)) } == integrity(a))
        #expect(await refusal { try await scope.find(PAN(Cards.visa)) } == integrity(a))
        #expect(try bench.rowCount("cards") == 1)
    }

    @Test func `takes one away, which makes the card unknown and no other known`() async throws {
        try bench.tamper("DELETE FROM fingerprints WHERE \(row(a))")
        let found = try await scope.find(PAN(Cards.visa))
        #expect(found == nil)
        let card = try await scope.tokenize(PAN(Cards.visa))
        #expect(card.isNew)
        #expect(card.token != a.token)
    }

    @Test func `alters one, which is a miss`() async throws {
        let intruder = try bench.intruder()
        let columns = [
            ("fingerprint", StoredValue.Kind.blob), ("key", .integer), ("format", .integer),
        ]
        var tally = Tally("a fingerprint, its key and its format: a miss, and never a wrong card")
        for (column, kind) in columns {
            let value = StoredValue(
                table: "fingerprints", column: column, kind: kind, place: row(a))
            try await value.alter(by: intruder, &tally) {
                try await scope.find(PAN(Cards.visa)) == nil
            }
            #expect(try await scope.find(PAN(Cards.amex))?.token == b.token)
            #expect(try await scope.find(PAN(Cards.visa))?.token == a.token)
        }
        try tally.report(of: Alterations.count(of: 16) + 2 * 64)
        try intruder.execute(
            "UPDATE fingerprints SET fingerprint = zeroblob(16) WHERE \(row(a))")
        let card = try await scope.tokenize(PAN(Cards.visa))
        #expect(card.isNew)
        let pan = try await scope.detokenize(card.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
    }

    @Test func `alters the token of one, which is no card's then`() async throws {
        let intruder = try bench.intruder()
        let fingerprint = try #require(
            intruder.blobs("SELECT fingerprint FROM fingerprints WHERE \(row(a))").first)
        let value = StoredValue(
            table: "fingerprints", column: "token", kind: .blob,
            place: "fingerprint = X'\(hex(fingerprint))'")
        var codes: [VaultError.Code?] = []
        var tally = Tally("the token of a fingerprint: every bit, truncation and appended byte")
        try await value.alter(by: intruder, &tally) {
            let found = await code { try await scope.find(PAN(Cards.visa)) }
            let made = await code { try await scope.tokenize(PAN(Cards.visa)) }
            codes += [found, made]
            return found != nil && found == made
        }
        try tally.report(of: Alterations.count(of: 17))
        // A token that does not decode cannot be named.
        #expect(codes.count { $0 == .integrity } == 2 * 128)
        #expect(codes.count { $0 == .store } == 2 * (8 + 17 + 64))
        #expect(try await scope.find(PAN(Cards.visa))?.token == a.token)
        #expect(try bench.rowCount("cards") == 2)
    }
}
