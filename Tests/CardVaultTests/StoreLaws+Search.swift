// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
internal import Testing

/// What the end of a fingerprint key and the removal of single rows rely on in every store.
extension StoreLaws {
    /// Tokens are told that have rows of a key and none of another; each is counted once.
    static func expectLaggingRows(_ store: any VaultStore) async throws {
        try await reset(store)
        // A token has rows of 3, 4, of 3 alone, or of 4 alone; a few of 5, 6, or of 5 alone.
        let cards = try (0..<36).map { number in
            let keys: [Int64] =
                number < 30 ? [[3, 4], [3], [4]][number % 3] : [[5, 6], [5]][number % 2]
            return try StoreSamples.card(
                StoreSamples.token(number),
                keys.map { StoreSamples.fingerprint(number, key: $0) })
        }
        _ = try await insert(cards, in: store)
        func lagging(_ key: Int64, _ other: Int64, limit: Int) async throws -> LaggingRows {
            try await store.read { reader throws(StoreError) in
                try reader.searchRows(
                    of: KeyNumber(rawValue: key), lacking: KeyNumber(rawValue: other),
                    limit: limit)
            }
        }
        let expected: [(Int64, Int64, [Int])] = [
            (3, 4, (0..<30).filter { $0 % 3 == 1 }), (4, 3, (0..<30).filter { $0 % 3 == 2 }),
            (3, 9, (0..<30).filter { $0 % 3 != 2 }), (5, 6, [31, 33, 35]), (6, 5, []),
        ]
        for (key, other, numbers) in expected {
            let places = numbers.map { StoreSamples.token($0).stored }
            let all = try await lagging(key, other, limit: 99)
            #expect(all.count == places.count && Set(all.places) == Set(places))
            let some = try await lagging(key, other, limit: 2)
            #expect(some.count == places.count && some.places.count == min(2, places.count))
        }
        #expect(try await lagging(3, 3, limit: 9) == LaggingRows(count: 0, places: []))
        #expect(try await lagging(9, 3, limit: 9) == LaggingRows(count: 0, places: []))
        // A row that is given to another card is that card's.
        let row = IndexRow(cards[1].fingerprints[0], of: StoreSamples.token(0))
        try await store.write { transaction throws(StoreError) in try transaction.put(row) }
        #expect(try await lagging(3, 4, limit: 99).count == 9)
        // A second row of a token makes no second token.
        let second = IndexRow(StoreSamples.fingerprint(99, key: 3), of: StoreSamples.token(4))
        try await store.write { transaction throws(StoreError) in try transaction.put(second) }
        #expect(try await lagging(3, 4, limit: 99).count == 9)
    }

    /// A search row is written whatever it pointed at.
    static func expectRepointing(_ store: any VaultStore) async throws {
        try await reset(store)
        let cards = try (0..<2).map { try StoreSamples.card($0) }
        _ = try await insert(cards, in: store)
        let row = cards[0].fingerprints[0]
        for number in [1, 1, 0] {
            let token = StoreSamples.token(number)
            try await store.write { transaction throws(StoreError) in
                try transaction.put(IndexRow(row, of: token))
            }
            #expect(try await self.token(of: row, in: store) == token)
            let walked = try await card(at: token.stored, in: store)
            #expect(walked?.fingerprints.contains(row) == true)
            let other = try await card(at: StoreSamples.token(1 - number).stored, in: store)
            #expect(other?.fingerprints.contains(row) == false)
        }
    }

    /// A card is met at its place and removed there with its search rows, and at no other.
    static func expectSinglePlaces(_ store: any VaultStore) async throws {
        try await reset(store)
        let cards = try (0..<3).map { try StoreSamples.card($0) }
        _ = try await insert(cards, in: store)
        func delete(_ place: [UInt8]) async throws -> Bool {
            try await store.write { transaction throws(StoreError) in
                try transaction.deleteCard(at: place)
            }
        }
        let place = StoreSamples.token(1).stored
        #expect(
            try await card(at: place, in: store)
                == WalkedCard(
                    place: place, key: cards[1].record.key, record: cards[1].record,
                    fingerprints: cards[1].fingerprints))
        for none in [[], [0], Array(place.dropLast()), StoreSamples.token(9).stored] {
            #expect(try await card(at: none, in: store) == nil)
            #expect(try await !delete(none))
        }
        #expect(try await delete(place))
        #expect(try await !delete(place))
        #expect(try await token(of: cards[1].fingerprints[0], in: store) == nil)
        for number in [0, 2] {
            let place = StoreSamples.token(number).stored
            #expect(try await card(at: place, in: store)?.record == cards[number].record)
        }
    }

    private static func card(
        at place: [UInt8], in store: any VaultStore
    ) async throws -> WalkedCard? {
        try await store.read { reader throws(StoreError) in try reader.card(at: place) }
    }
}
