// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
internal import TestSupport
internal import Testing

/// What holds of the cards in every store.
extension StoreLaws {
    /// Every fact of a card comes back, whatever it is.
    static func expectFacts(_ store: any VaultStore) async throws {
        try await reset(store)
        let displays = ["411111******1111", "41111111****1111", "411111*********1111"]
        let expiries = [nil, try ExpiryDate(month: 1, year: 2000), ExpiryDate(code: 209_912)]
        let moments = [nil, try moment(0), try moment(1 << 48 - 1)]
        var cards: [NewCard] = []
        for format in TokenFormat.allCases {
            for brand in [CardBrand.unknown, .verve] {
                for (number, expiry) in expiries.enumerated() {
                    let text = displays[number].utf8
                    let facts = CardFacts(
                        format: format, display: try DisplayDigits(stored: text.span),
                        brand: brand, expiry: expiry, created: try moment(1 << 48 - 1),
                        expires: moments[number])
                    let token =
                        format == .opaque
                        ? StoreSamples.token(cards.count)
                        : Token(digits: UInt64(cards.count), count: 8 + number)
                    let record = CardRecord(
                        token: token, key: KeyNumber(rawValue: .max),
                        box: StoreSamples.bytes(cards.count, count: 50), facts: facts)
                    cards.append(NewCard(record: record, fingerprints: []))
                }
            }
        }
        #expect(cards.count == 30)
        let outcomes = try await insert(cards, in: store)
        #expect(outcomes == cards.map { _ in .inserted })
        for card in cards {
            #expect(try await store.card(card.record.token) == card.record)
        }
    }

    /// What becomes of a card that meets another one, stored before or in the same call.
    static func expectOutcomes(_ store: any VaultStore) async throws {
        try await reset(store)
        let first = try StoreSamples.card(1)
        #expect(try await insert([first], in: store) == [.inserted])
        // The same card again, under the token of another call.
        let again = try StoreSamples.card(StoreSamples.token(2), first.fingerprints)
        let hit = InsertOutcome.exists(first.record.token, first.record)
        #expect(try await insert([again], in: store) == [hit])
        #expect(try await store.card(again.record.token) == nil)
        // Another card that drew the same token.
        let taken = try StoreSamples.card(first.record.token, [StoreSamples.fingerprint(3)])
        #expect(try await insert([taken], in: store) == [.tokenTaken])
        #expect(try await token(of: taken.fingerprints[0], in: store) == nil)
        #expect(try await store.card(first.record.token) == first.record)
        // The same card and the same token: the fingerprint is asked first.
        #expect(try await insert([first], in: store) == [hit])
        // Another format or key of the same card is another card.
        let others = [
            StoreSamples.fingerprint(1, format: .lastFour), StoreSamples.fingerprint(1, key: 4),
        ]
        for (number, row) in others.enumerated() {
            let other = try StoreSamples.card(StoreSamples.token(20 + number), [row])
            #expect(try await insert([other], in: store) == [.inserted])
        }
    }

    /// With two fingerprints a hit on either is a hit, and leaves no row of the card that hit.
    static func expectSecondFingerprint(_ store: any VaultStore) async throws {
        try await reset(store)
        let old = StoreSamples.fingerprint(1, key: 3)
        let new = StoreSamples.fingerprint(1, key: 4)
        let first = try StoreSamples.card(StoreSamples.token(1), [old])
        #expect(try await insert([first], in: store) == [.inserted])
        let again = try StoreSamples.card(StoreSamples.token(2), [new, old])
        #expect(
            try await insert([again], in: store)
                == [.exists(first.record.token, first.record)])
        #expect(try await token(of: new, in: store) == nil)
        #expect(try await token(of: old, in: store) == first.record.token)
        #expect(try await store.card(again.record.token) == nil)
        // Of a card that is stored, every row is.
        let both = [StoreSamples.fingerprint(2, key: 3), StoreSamples.fingerprint(2, key: 4)]
        let second = try StoreSamples.card(StoreSamples.token(3), both)
        #expect(try await insert([second], in: store) == [.inserted])
        for row in both {
            #expect(try await token(of: row, in: store) == second.record.token)
        }
    }

    /// Of the same card several times in one call, the first is stored, and the others find it.
    static func expectDuplicatesInOneCall(_ store: any VaultStore) async throws {
        try await reset(store)
        let row = [StoreSamples.fingerprint(1)]
        let cards = [
            try StoreSamples.card(StoreSamples.token(9), row, box: 1),
            try StoreSamples.card(5),
            try StoreSamples.card(StoreSamples.token(3), row, box: 2),
            try StoreSamples.card(StoreSamples.token(1), row, box: 3),
        ]
        let hit = InsertOutcome.exists(cards[0].record.token, cards[0].record)
        #expect(try await insert(cards, in: store) == [.inserted, .inserted, hit, hit])
        #expect(try await store.card(StoreSamples.token(3)) == nil)
    }

    /// A card whose token is taken does not stand in the way of the same card later in the call.
    static func expectTokensTakenInOneCall(_ store: any VaultStore) async throws {
        try await reset(store)
        let there = try StoreSamples.card(1)
        let same = [StoreSamples.fingerprint(2)]
        #expect(try await insert([there], in: store) == [.inserted])
        let cards = [
            try StoreSamples.card(there.record.token, same, box: 2),
            try StoreSamples.card(StoreSamples.token(7), same, box: 3),
            try StoreSamples.card(StoreSamples.token(8), same, box: 4),
        ]
        let hit = InsertOutcome.exists(cards[1].record.token, cards[1].record)
        #expect(try await insert(cards, in: store) == [.tokenTaken, .inserted, hit])
        // Two other cards that drew the same token: one of them has it.
        let twins = [
            try StoreSamples.card(StoreSamples.token(11), [StoreSamples.fingerprint(11)]),
            try StoreSamples.card(StoreSamples.token(11), [StoreSamples.fingerprint(12)]),
        ]
        let outcomes = try await insert(twins, in: store)
        #expect(Set(outcomes) == [.inserted, .tokenTaken])
        for (twin, outcome) in zip(twins, outcomes) {
            let found = try await token(of: twin.fingerprints[0], in: store)
            #expect(found == (outcome == .inserted ? twin.record.token : nil))
        }
    }

    /// The order of different cards in a call changes nothing.
    static func expectOrderIndependence(_ store: any VaultStore) async throws {
        try await reset(store)
        let there = try (0..<20).map { try StoreSamples.card($0) }
        _ = try await insert(there, in: store)
        // Ten that are there, ten with a token that is taken, ten new.
        var cards = try (10..<20).map {
            try StoreSamples.card(StoreSamples.token(100 + $0), there[$0].fingerprints)
        }
        cards += try (0..<10).map {
            try StoreSamples.card(StoreSamples.token($0), [StoreSamples.fingerprint(200 + $0)])
        }
        cards += try (300..<310).map { try StoreSamples.card($0) }
        var random = SeededRandom(seed: 1)
        var outcomes: [NewCard: InsertOutcome] = [:]
        for _ in 0..<5 {
            let shuffled = cards.shuffled(using: &random)
            let found = try await insert(shuffled, in: store)
            for (card, outcome) in zip(shuffled, found) {
                #expect(outcomes[card] == nil || outcomes[card] == outcome)
                outcomes[card] = outcome
            }
            for card in cards[20...] { #expect(try await delete(card.record.token, in: store)) }
        }
        #expect(outcomes.values.filter { $0 == .inserted }.count == 10)
        #expect(outcomes.values.filter { $0 == .tokenTaken }.count == 10)
    }

    /// A deleted card is gone with every fingerprint, and may come back.
    static func expectDeletion(_ store: any VaultStore) async throws {
        try await reset(store)
        let rows = [StoreSamples.fingerprint(1, key: 3), StoreSamples.fingerprint(1, key: 4)]
        let (card, other) = (
            try StoreSamples.card(StoreSamples.token(1), rows), try StoreSamples.card(2)
        )
        _ = try await insert([card, other], in: store)
        #expect(try await delete(card.record.token, in: store))
        #expect(try await store.card(card.record.token) == nil)
        for row in rows {
            #expect(try await token(of: row, in: store) == nil)
        }
        #expect(try await delete(card.record.token, in: store) == false)
        #expect(try await store.card(other.record.token) == other.record)
        #expect(try await insert([card], in: store) == [.inserted])
    }

    /// Thousands of cards go in with one call, and are all there.
    static func expectLargeBatches(_ store: any VaultStore) async throws {
        try await reset(store)
        var random = SeededRandom(seed: 2)
        let cards = try (0..<5_000).map { try StoreSamples.card($0) }.shuffled(using: &random)
        let inserted = try await insert(cards, in: store)
        #expect(inserted.count == 5_000)
        #expect(inserted.allSatisfy { $0 == .inserted })
        let again = try await insert(cards.shuffled(using: &random), in: store)
        #expect(again.count == 5_000)
        #expect(
            again.allSatisfy {
                if case .exists(let token, let record) = $0 {
                    token == record?.token
                } else {
                    false
                }
            })
        #expect(try await insert([], in: store) == [])
    }

    static func insert(
        _ cards: [NewCard], in store: any VaultStore
    ) async throws -> [InsertOutcome] {
        try await store.write { transaction throws(StoreError) in
            try transaction.insert(cards)
        }
    }

    static func delete(_ token: Token, in store: any VaultStore) async throws -> Bool {
        try await store.write { transaction throws(StoreError) in try transaction.delete(token) }
    }

    static func token(
        of row: FingerprintRecord, in store: any VaultStore
    ) async throws -> Token? {
        try await store.read { reader throws(StoreError) in try reader.token(of: row) }
    }
}
