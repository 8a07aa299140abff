// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
@testable internal import CardVault
internal import Testing

@Suite("Tokens that end") struct ExpiryTests {
    /// A vault whose clock stands still until a test moves it.
    private struct Scene {
        let clock = Clock()
        let bench: Bench
        let scope: Scope

        init(_ kind: StoreKind) async throws {
            bench = try await Bench(kind, now: clock.read)
            scope = try await bench.scope()
        }

        /// The records there are of cards of these tokens, over or not.
        func count(of cards: [Card]) async throws -> Int {
            var count = 0
            for card in cards {
                if try await bench.store.card(card.token) != nil { count += 1 }
            }
            return count
        }

        /// Any deed that writes.
        func write() async throws { _ = try await scope.find(PAN(Cards.amex)) }
    }

    @Test(arguments: StoreKind.allCases)
    func `know their end, and are what they are until then`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let card = try await scene.scope.tokenize(PAN(Cards.visa), for: .seconds(10))
        let end = try scene.clock.after(.seconds(10))
        #expect(card.expiresAt == end)
        scene.clock.advance(by: .milliseconds(9_999))
        #expect(try await scene.scope.describe(card.token).expiresAt == end)
        #expect(try await scene.scope.find(PAN(Cards.visa))?.expiresAt == end)
        let pan = try await scene.scope.detokenize(card.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
        let endless = try await scene.scope.tokenize(PAN(Cards.mastercard))
        #expect(endless.expiresAt == nil)
    }

    @Test(arguments: StoreKind.allCases)
    func `are not there from their end on`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let scope = scene.scope
        let card = try await scope.tokenize(PAN(Cards.visa), for: .seconds(10))
        scene.clock.advance(by: .seconds(10))
        let later = try scene.clock.after(.seconds(60))
        // The row may be there still: nobody has written since.
        #expect(try await scene.count(of: [card]) == 1)
        #expect(await refusal { try await scope.describe(card.token) } == VaultErrors.notFound)
        #expect(
            await refusal { try await scope.detokenize(card.token, purpose: "test") }
                == VaultErrors.notFound)
        let rows = try await scope.detokenize([card.token], purpose: "test")
        #expect(rows.failure(at: 0) == VaultErrors.notFound)
        #expect(await refusal { try await scope.delete(card.token) } == VaultErrors.notFound)
        #expect(
            await refusal { try await scope.extend(card.token, until: later) }
                == VaultErrors.notFound)
        let found = try await scope.find(PAN(Cards.visa))
        #expect(found == nil)
        let results = try await scope.find(Self.batch([Cards.visa]))
        #expect(try results[0].get() == nil)
    }

    @Test(arguments: StoreKind.allCases)
    func `are not there before anybody has swept them`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let card = try await scene.scope.tokenize(PAN(Cards.visa), for: .milliseconds(1))
        // A sweep in this second, so that the next is not due.
        scene.clock.advance(by: .milliseconds(1))
        let found = try await scene.scope.find(PAN(Cards.visa))
        #expect(found == nil)
        #expect(await code { try await scene.scope.describe(card.token) } == .notFound)
        #expect(
            await code { try await scene.scope.detokenize(card.token, purpose: "test") }
                == .notFound)
    }

    private static func batch(_ numbers: [String]) -> CardBatch {
        var batch = CardBatch(capacity: numbers.count)
        for number in numbers { batch.append(number.utf8.span) }
        return batch
    }

    @Test(arguments: StoreKind.allCases)
    func `make room for a new one in the same call`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        // A vault that has swept in this second: the call itself must take the old one away.
        let old = try await scene.scope.tokenize(PAN(Cards.visa), for: .milliseconds(5))
        scene.clock.advance(by: .milliseconds(5))
        let new = try await scene.scope.tokenize(PAN(Cards.visa), for: .seconds(60))
        #expect(new.isNew)
        #expect(new.token != old.token)
        #expect(try new.expiresAt == scene.clock.after(.seconds(60)))
        #expect(try await scene.count(of: [old]) == 0)
        #expect(try await scene.scope.find(PAN(Cards.visa))?.token == new.token)
        #expect(try await !scene.scope.tokenize(PAN(Cards.visa)).isNew)
        if kind == .sqlite { #expect(try scene.bench.rowCount("fingerprints") == 1) }
    }

    @Test(arguments: StoreKind.allCases)
    func `make room for new ones in a batch`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let old = try await scene.scope.tokenize(Cards.batch(0..<5), for: .milliseconds(5))
        let kept = try await scene.scope.tokenize(Cards.batch(5..<10), for: .seconds(60))
        scene.clock.advance(by: .milliseconds(5))
        let rows = Array(0..<10) + [0, 7, 20]
        let results = try await scene.scope.tokenize(Cards.batch(rows), for: .seconds(9))
        let cards = try results.map { try $0.get() }
        #expect(
            cards.map(\.isNew)
                == [Bool](repeating: true, count: 5) + [Bool](repeating: false, count: 5)
                + [false, false, true])
        #expect(cards[10].token == cards[0].token)
        #expect(try cards[5..<10].map(\.token) == kept.map { try $0.get().token })
        #expect(try await scene.count(of: old.map { try $0.get() }) == 0)
        #expect(Set(cards.map(\.token)).count == 11)
    }

    @Test(arguments: StoreKind.allCases)
    func `keep their end when they are hit`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let card = try await scene.scope.tokenize(PAN(Cards.visa), for: .seconds(10))
        scene.clock.advance(by: .seconds(1))
        for lifetime in [nil, Duration.seconds(1), .seconds(1_000)] {
            let hit = try await scene.scope.tokenize(PAN(Cards.visa), for: lifetime)
            #expect(!hit.isNew)
            #expect(hit.expiresAt == card.expiresAt)
        }
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .nanoseconds(999_999), .seconds(Int64.max)])
    func `are not made for no time, and nothing is stored`(_ lifetime: Duration) async throws {
        let scene = try await Scene(.memory)
        #expect(
            await refusal { try await scene.scope.tokenize(PAN(Cards.visa), for: lifetime) }
                == VaultError(.badLifetime))
        #expect(
            await refusal { try await scene.scope.tokenize(Cards.batch(0..<2), for: lifetime) }
                == VaultError(.badLifetime))
        let found = try await scene.scope.find(PAN(Cards.visa))
        #expect(found == nil)
    }

    @Test func `may live for years`() async throws {
        let scene = try await Scene(.sqlite)
        let decade = Duration.seconds(10 * 365 * 24 * 60 * 60)
        let card = try await scene.scope.tokenize(PAN(Cards.visa), for: decade)
        #expect(try card.expiresAt == scene.clock.after(decade))
        scene.clock.advance(by: decade - .milliseconds(1))
        #expect(try await scene.scope.find(PAN(Cards.visa))?.token == card.token)
    }

    @Test func `are swept with their fingerprints, in steps`() async throws {
        let scene = try await Scene(.sqlite)
        _ = try await scene.scope.tokenize(Cards.batch(0..<150), for: .seconds(10))
        _ = try await scene.scope.tokenize(Cards.batch(150..<160), for: .seconds(11))
        scene.clock.advance(by: .seconds(10))
        for count in [160 - 64, 160 - 128, 10, 10] {
            try await scene.write()
            #expect(try scene.bench.rowCount("cards") == count)
            #expect(try scene.bench.rowCount("fingerprints") == count)
        }
        scene.clock.advance(by: .seconds(1))
        try await scene.write()
        #expect(try scene.bench.rowCount("cards") == 0)
    }

    @Test(arguments: StoreKind.allCases)
    func `are swept by another vault on the store, and revived by no clock`(
        _ kind: StoreKind
    ) async throws {
        let scene = try await Scene(kind)
        let card = try await scene.scope.tokenize(PAN(Cards.visa), for: .seconds(10))
        scene.clock.advance(by: .seconds(10))
        let vault = try await Vault(
            keyring: scene.bench.keyring, store: scene.bench.store, patience: Bench.patience,
            logger: Bench.silence, now: scene.clock.read)
        // Who only opens a vault leaves what is over for a listing.
        #expect(try await scene.count(of: [card]) == 1)
        _ = try await vault.scope("default").find(PAN(Cards.amex))
        #expect(try await scene.count(of: [card]) == 0)
        scene.clock.advance(by: .seconds(-10))
        #expect(await code { try await scene.scope.describe(card.token) } == .notFound)
        #expect(try await scene.scope.tokenize(PAN(Cards.visa)).isNew)
    }
}
