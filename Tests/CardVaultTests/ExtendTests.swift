// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import TestSupport
internal import Testing

@Suite("Extend") struct ExtendTests {
    private struct Scene {
        let clock = Clock()
        let bench: Bench
        let scope: Scope
        let card: Card

        init(_ kind: StoreKind = .sqlite) async throws {
            bench = try await Bench(kind, now: clock.read)
            scope = try await bench.scope()
            card = try await scope.tokenize(
                PAN(Cards.visa), expiry: ExpiryDate("12/30"), for: .seconds(10))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `makes a life longer, and changes nothing else`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let (clock, scope, card) = (scene.clock, scene.scope, scene.card)
        let end = try clock.after(.seconds(60))
        let longer = try await scope.extend(card.token, until: end)
        #expect(longer.expiresAt == end)
        #expect(longer.token == card.token)
        #expect(longer.createdAt == card.createdAt)
        #expect(longer.expiry == card.expiry)
        #expect(longer.display == card.display)
        #expect(!longer.isNew)
        clock.advance(by: .milliseconds(59_999))
        #expect(try await scope.describe(card.token).expiresAt == end)
        let pan = try await scope.detokenize(card.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
        #expect(try await scope.tokenize(PAN(Cards.visa)).token == card.token)
        clock.advance(by: .milliseconds(1))
        #expect(await code { try await scope.describe(card.token) } == .notFound)
    }

    @Test(arguments: StoreKind.allCases)
    func `seals anew, and the old box opens no more`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let (store, scope, token) = (scene.bench.store, scene.scope, scene.card.token)
        let before = try #require(try await store.card(token))
        _ = try await scope.extend(token, until: scene.clock.after(.seconds(60)))
        let after = try #require(try await store.card(token))
        #expect(after.box != before.box)
        // Neither the old box with the new facts, nor the new box with the old ones.
        for (box, facts) in [(before.box, after.facts), (after.box, before.facts)] {
            let mixed = CardRecord(token: token, key: after.key, box: box, facts: facts)
            #expect(try await StoreLaws.replace(after, with: mixed, in: store))
            #expect(
                await refusal { try await scope.detokenize(token, purpose: "test") }
                    == VaultError(.integrity, subject: token.description))
            #expect(
                await refusal { try await scope.extend(token, until: moment(1 << 48 - 1)) }
                    == VaultError(.integrity, subject: token.description))
            #expect(try await StoreLaws.replace(mixed, with: after, in: store))
        }
        let pan = try await scope.detokenize(token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
    }

    @Test func `is refused for an end that is no later, and past`() async throws {
        let scene = try await Scene(.memory)
        scene.clock.advance(by: .seconds(1))
        for seconds in [9, 5, 0, -100] {
            let end = try scene.clock.after(.seconds(seconds))
            #expect(
                await refusal { try await scene.scope.extend(scene.card.token, until: end) }
                    == VaultError(.badLifetime))
        }
        #expect(
            try await scene.scope.describe(scene.card.token).expiresAt == scene.card.expiresAt)
        let end = try scene.clock.after(.milliseconds(9_001))
        #expect(
            try await scene.scope.extend(scene.card.token, until: end).expiresAt == end)
    }

    @Test func `is refused for a token without an end, of another scope, or of none`()
        async throws
    {
        let scene = try await Scene(.memory)
        let end = try scene.clock.after(.seconds(60))
        let endless = try await scene.scope.tokenize(PAN(Cards.amex))
        #expect(
            await refusal { try await scene.scope.extend(endless.token, until: end) }
                == VaultError(.badLifetime))
        let other = try await scene.bench.scope("acme")
        #expect(
            await refusal { try await other.extend(scene.card.token, until: end) }
                == VaultErrors.notFound)
        let none = try Token("tok_00000000000000000000000000")
        #expect(
            await refusal { try await scene.scope.extend(none, until: end) }
                == VaultErrors.notFound)
    }

    @Test func `seals under the latest key`() async throws {
        let scene = try await Scene()
        let id = try #require(ScopeID("default"))
        try await scene.bench.vault.rotateDataKey(of: id)
        let end = try scene.clock.after(.seconds(60))
        let longer = try await scene.scope.extend(scene.card.token, until: end)
        #expect(longer.keyID != scene.card.keyID)
        let pan = try await scene.scope.detokenize(scene.card.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
        try await scene.bench.vault.fenceDataKey(of: id, .openOnly)
        let later = try scene.clock.after(.seconds(90))
        #expect(
            await code { try await scene.scope.extend(scene.card.token, until: later) }
                == .noSealingKey)
    }

    @Test(arguments: StoreKind.allCases)
    func `by many tasks ends at the latest end`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let token = scene.card.token
        let scopes = [scene.scope, scene.scope]
        let ends = try (0..<8).map { try scene.clock.after(.seconds(20 + $0)) }
        let codes = await withTaskGroup(of: VaultError.Code?.self) { group in
            for (index, end) in ends.enumerated() {
                group.addTask {
                    await code { try await scopes[index % 2].extend(token, until: end) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        // One that came after a later one is refused.
        #expect(Set(codes).isSubset(of: [nil, .badLifetime]))
        #expect(try await scene.scope.describe(token).expiresAt == ends.last)
        let pan = try await scene.scope.detokenize(token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
    }

    @Test func `of a card that is deleted meanwhile leaves nothing`() async throws {
        let scene = try await Scene()
        let base = scene.bench.store
        let probe = StoreProbe(base)
        let vault = try await Vault(
            keyring: scene.bench.keyring, store: probe, patience: Bench.patience,
            logger: Bench.silence, now: scene.clock.read)
        let scope = try await vault.scope("default")
        let token = scene.card.token
        probe.beforeWrite { count throws(StoreError) in
            guard count == 1 else { return }
            _ = try await base.write { transaction throws(StoreError) in
                try transaction.delete(token)
            }
        }
        let end = try scene.clock.after(.seconds(60))
        #expect(await refusal { try await scope.extend(token, until: end) } == VaultErrors.notFound)
        #expect(try scene.bench.rowCount("cards") == 0)
    }

    @Test func `is nothing that somebody does with the columns alone`() async throws {
        let scene = try await Scene()
        let intruder = try scene.bench.intruder()
        let token = scene.card.token
        let place = "token = \(literal(token))"
        let end = try scene.clock.after(.seconds(600))
        var tally = Tally("end and beginning of a card's life: every bit")
        for column in ["expires", "created"] {
            let value = StoredValue(table: "cards", column: column, kind: .integer, place: place)
            try await value.alter(by: intruder, &tally) {
                [
                    await code { try await scene.scope.describe(token) },
                    await code { try await scene.scope.detokenize(token, purpose: "test") },
                    await code { try await scene.scope.extend(token, until: end) },
                ].allSatisfy(Self.refusals.contains)
            }
        }
        try tally.report(of: 2 * 64)
        try intruder.execute("UPDATE cards SET expires = NULL")
        #expect(await code { try await scene.scope.describe(token) } == .integrity)
        #expect(await code { try await scene.scope.extend(token, until: end) } == .integrity)
        #expect(try scene.bench.rowCount("cards") == 1)
    }

    private static let refusals: Set<VaultError.Code?> = [
        .notFound, .integrity, .badLifetime, .store,
    ]
}
