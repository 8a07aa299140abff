// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

/// Several processes on one store: what one does to the keys reaches the others without a poll.
@Suite("Epoch") struct EpochTests {
    private let id: ScopeID

    init() throws { id = try #require(ScopeID("default")) }

    @Test func `a scope that another process made is there`() async throws {
        let bench = try await Bench()
        let other = try await bench.opened()
        #expect(await code { try await other.scope("acme") } == .unknownScope)
        try await bench.vault.addScope(#require(ScopeID("acme")))
        let card = try await other.scope("acme").tokenize(PAN(Cards.visa))
        let scope = try await bench.vault.scope("acme")
        #expect(try await scope.find(PAN(Cards.visa))?.token == card.token)
        #expect(other.scopeList.map(\.id.description) == ["default", "acme"])
    }

    @Test func `a stale process stores nothing under a retired key`() async throws {
        let bench = try await Bench()
        let stale = try await bench.opened().scope("default")
        let before = try await stale.tokenize(PAN(Cards.visa))
        try await bench.vault.rotateDataKey(of: id)
        let after = try await stale.tokenize(PAN(Cards.amex))
        let new = try await bench.vault.stored(id).keys.last { $0.fence == .sealing }
        #expect(after.keyID == new?.key.id)
        #expect(after.keyID != before.keyID)
        let pan = try await stale.detokenize(before.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
    }

    @Test func `a stale process stores no batch under a retired key`() async throws {
        let bench = try await Bench()
        let stale = try await bench.opened().scope("default")
        let before = try await stale.tokenize(PAN(Cards.visa))
        try await bench.vault.rotateDataKey(of: id)
        let cards = try await stale.tokenize(Cards.batch(0..<5)).map { try $0.get() }
        #expect(cards.allSatisfy { $0.keyID != before.keyID && $0.isNew })
    }

    @Test func `a stale process finds what was stored under a new key`() async throws {
        let bench = try await Bench()
        let stale = try await bench.opened().scope("default")
        _ = try await stale.find(PAN(Cards.visa))
        try await bench.vault.rotateDataKey(of: id)
        let card = try await bench.scope().tokenize(PAN(Cards.visa))
        #expect(try await stale.find(PAN(Cards.visa))?.token == card.token)
    }

    @Test func `a stale process opens what was stored under a new key`() async throws {
        let bench = try await Bench()
        let stale = try await bench.opened().scope("default")
        try await bench.vault.rotateDataKey(of: id)
        let card = try await bench.scope().tokenize(PAN(Cards.visa))
        let pan = try await stale.detokenize(card.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
        try await bench.vault.rotateDataKey(of: id)
        let other = try await bench.scope().tokenize(PAN(Cards.amex))
        #expect(try await stale.describe(other.token).keyID == other.keyID)
        try await bench.vault.rotateDataKey(of: id)
        let third = try await bench.scope().tokenize(PAN(Cards.mastercard))
        try await stale.delete(third.token)
    }

    @Test func `a key that only opens seals nothing`() async throws {
        let bench = try await Bench()
        let scope = try await bench.scope()
        let card = try await scope.tokenize(PAN(Cards.visa))
        try await bench.vault.fenceDataKey(of: id, .openOnly)
        let error = await refusal { try await scope.tokenize(PAN(Cards.amex)) }
        #expect(error?.code == .noSealingKey)
        #expect(error?.subject == "default")
        #expect(try await scope.describe(card.token).token == card.token)
        let rows = try await scope.tokenize(Cards.batch(0..<2))
        #expect(rows.map { failure($0)?.code } == [.noSealingKey, .noSealingKey])
    }

    @Test func `a closed key opens nothing`() async throws {
        let bench = try await Bench()
        let scope = try await bench.scope()
        let card = try await scope.tokenize(PAN(Cards.visa))
        try await bench.vault.fenceDataKey(of: id, .closed)
        bench.vault.forgetKeys()
        #expect(await code { try await scope.describe(card.token) } == .notFound)
        #expect(await code { try await scope.find(PAN(Cards.visa)) } == .integrity)
    }

    @Test func `without a fingerprint key that seals, no card is stored twice`() async throws {
        let bench = try await Bench()
        let scope = try await bench.scope()
        _ = try await scope.tokenize(PAN(Cards.visa))
        let keys = try await bench.vault.stored(id).keys.map {
            $0.key.purpose == .fingerprint ? $0.with(.openOnly) : $0
        }
        try await bench.vault.put(keys, of: id)
        #expect(await code { try await scope.tokenize(PAN(Cards.visa)) } == .noSealingKey)
        #expect(await code { try await scope.find(PAN(Cards.visa)) } == .noSealingKey)
    }

    @Test func `that moves all the time ends a call, and stores nothing`() async throws {
        let bench = try await Bench()
        let probe = StoreProbe(bench.store)
        let vault = try await Vault(
            keyring: bench.keyring, store: probe, patience: Bench.patience, logger: Bench.silence)
        let scope = try await vault.scope("default")
        let id = id
        probe.beforeWrite { _ throws(StoreError) in
            do {
                try await bench.vault.put(bench.vault.stored(id).keys, of: id)
            } catch {
                throw StoreError(.failed)
            }
        }
        #expect(await refusal { try await scope.tokenize(PAN(Cards.visa)) }?.store?.code == .busy)
        #expect(probe.writeCount == Vault.reloadLimit)
        let found = try await scope.find(PAN(Cards.visa))
        #expect(found == nil)
        #expect(
            await refusal { try await scope.tokenize(Cards.batch(0..<2)) }?.store?.code == .busy)
    }

    @Test func `is read once by many tasks that are behind it`() async throws {
        let bench = try await Bench()
        let stale = try await bench.opened().scope("default")
        try await bench.vault.rotateDataKey(of: id)
        let cards = try await withThrowingTaskGroup(of: Card.self) { group in
            for index in 0..<32 {
                group.addTask { try await stale.tokenize(Cards.numbered(index)) }
            }
            var cards: [Card] = []
            for try await card in group { cards.append(card) }
            return cards
        }
        #expect(Set(cards.map(\.keyID)).count == 1)
        #expect(Set(cards.map(\.token)).count == 32)
    }

    @Test func `keeps the keys of the scopes used last, and loads the others again`() async throws {
        let cache = ScopeCache()
        let bench = try await Bench(.memory)
        let set = try await bench.vault.stored(id)
        for index in 0...ScopeCache.limit {
            let scope = KeyringScope(
                id: try #require(ScopeID("s\(index)")), created: .now(), tokens: .random)
            let empty = KeySet(
                scope: scope.id, epoch: 1, sealKey: set.sealKey, keys: [], code: [])
            let keys = try ScopeKeys(
                empty, scope: scope, keyring: bench.keyring, allowsSoftwareAES: false,
                log: Bench.silence)
            cache.keep(keys)
            _ = cache.keys(of: try #require(ScopeID("s0")))
        }
        #expect(cache.keys(of: try #require(ScopeID("s0"))) != nil)
        #expect(cache.keys(of: try #require(ScopeID("s1"))) == nil)
        #expect(cache.keys(of: try #require(ScopeID("s2"))) != nil)
        cache.removeAll()
        #expect(cache.keys(of: try #require(ScopeID("s0"))) == nil)
    }
}
