// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
@testable internal import CardVault
internal import TestSupport
internal import Testing

/// What jobs over all cards rely on in every store.
extension StoreLaws {
    /// A walk meets every card once, in the order of the tokens, with all of its search rows.
    static func expectWalk(_ store: any VaultStore) async throws {
        try await reset(store)
        #expect(try await walk(store).isEmpty)
        var random = SeededRandom(seed: 3)
        let cards = try (0..<100).map { number in
            let rows = [3, 4, 5].prefix(number % 4).map {
                StoreSamples.fingerprint(number, key: $0)
            }
            let token =
                number.isMultiple(of: 3)
                ? Token(digits: UInt64(number), count: 12) : StoreSamples.token(number)
            return try StoreSamples.card(token, rows, key: Int64(20 + number % 3))
        }
        _ = try await insert(cards.shuffled(using: &random), in: store)
        let expected = cards.sorted { $0.record.token < $1.record.token }.map { card in
            WalkedCard(
                place: card.record.token.stored, key: card.record.key, record: card.record,
                fingerprints: card.fingerprints.sorted())
        }
        for limit in [1, 7, 50, 99, 100, 101] {
            #expect(try await walk(store, by: limit) == expected)
        }
        // Of some keys: those of one, of two, of none, of a few that are not there, of very many.
        for numbers in [[20], [21, 22], [], [99], [20, 99], Array(0...21)] as [[Int64]] {
            let keys = Set(numbers.map(KeyNumber.init(rawValue:)))
            let some = expected.filter { keys.contains($0.key) }
            for limit in [1, 10, 200] {
                #expect(try await walk(store, of: keys, by: limit) == some)
            }
        }
        let none = try await store.read { reader throws(StoreError) in
            try reader.cards(after: [], of: nil, limit: 0)
        }
        #expect(none.isEmpty)
    }

    /// A walk begins after any place, also one at which no card is.
    static func expectPlaces(_ store: any VaultStore) async throws {
        try await reset(store)
        let cards = try [1, 3].map { try StoreSamples.card($0) }
        _ = try await insert(cards, in: store)
        let places = cards.map(\.record.token.stored)
        let starts: [([UInt8], [Int])] = [
            ([], [0, 1]), ([0], [0, 1]), ([1], [0, 1]), (Array(places[0].dropLast()), [0, 1]),
            (places[0], [1]), (places[0] + [0], [1]), (StoreSamples.token(2).stored, [1]),
            (places[1], []), ([2], []), ([255], []),
        ]
        for keys in [nil, [2], [2, 99]] as [Set<Int64>?] {
            let keys = keys.map { Set($0.map(KeyNumber.init(rawValue:))) }
            for (place, numbers) in starts {
                let found = try await store.read { reader throws(StoreError) in
                    try reader.cards(after: place, of: keys, limit: 9)
                }
                #expect(found.map(\.record) == numbers.map { cards[$0].record })
            }
        }
    }

    /// A box takes the place of another if that is still there, under its key; all else stays.
    static func expectReseal(_ store: any VaultStore) async throws {
        try await reset(store)
        let cards = try (0..<3).map { try StoreSamples.card($0, until: moment(10)) }
        _ = try await insert(cards, in: store)
        let (key, box) = (KeyNumber(rawValue: 900), StoreSamples.bytes(99, count: 50))
        func stale(_ record: CardRecord, key: KeyNumber? = nil, box: [UInt8]? = nil) -> CardRecord {
            CardRecord(
                token: record.token, key: key ?? record.key, box: box ?? record.box,
                facts: record.facts)
        }
        let olds = [
            cards[2].record, stale(cards[1].record, key: key), stale(cards[1].record, box: box),
            try StoreSamples.card(9).record, cards[0].record, cards[0].record,
        ]
        let boxes = olds.map { NewBox(over: $0, key: key, box: box) }
        let outcomes = try await store.write { transaction throws(StoreError) in
            try transaction.reseal(boxes)
        }
        #expect(outcomes == [true, false, false, false, true, false])
        for (number, card) in cards.enumerated() {
            let expected =
                number == 1 ? card.record : stale(card.record, key: key, box: box)
            #expect(try await store.card(card.record.token) == expected)
            let row = card.fingerprints[0]
            #expect(try await token(of: row, in: store) == card.record.token)
        }
        try await store.read { reader throws(StoreError) in
            #expect(try reader.count(.card, of: key) == 2)
            #expect(try reader.card(StoreSamples.token(9)) == nil)
        }
        // The number of the new key is taken.
        let next = try await store.write { transaction throws(StoreError) in
            try transaction.nextKeyNumber()
        }
        #expect(next > key)
    }

    /// A search row is added where there is none; where there is one, its token is the answer.
    static func expectIndexing(_ store: any VaultStore) async throws {
        try await reset(store)
        let cards = try (0..<30).map { try StoreSamples.card($0) }
        _ = try await insert(cards, in: store)
        let rows = (0..<30).map {
            IndexRow(StoreSamples.fingerprint($0, key: 901), of: StoreSamples.token($0))
        }
        func index(_ rows: [IndexRow]) async throws -> [Token?] {
            try await store.write { transaction throws(StoreError) in
                try transaction.index(rows)
            }
        }
        let foreign = IndexRow(rows[4].fingerprint, of: StoreSamples.token(5))
        #expect(try await index([]) == [])
        #expect(try await index(rows + [foreign]) == rows.map(\.token) + [rows[4].token])
        #expect(try await index([foreign] + rows) == [rows[4].token] + rows.map(\.token))
        for (number, walked) in try await walk(store).enumerated() {
            #expect(walked.fingerprints == cards[number].fingerprints + [rows[number].fingerprint])
        }
        // A card takes the new rows with it too, and the number of their key is taken.
        #expect(try await delete(rows[0].token, in: store))
        #expect(try await token(of: rows[0].fingerprint, in: store) == nil)
        let next = try await store.write { transaction throws(StoreError) in
            try transaction.nextKeyNumber()
        }
        #expect(next.rawValue > 901)
    }

    /// A search row is removed for its own token alone; those of a key, so many at a time.
    static func expectIndexDeletion(_ store: any VaultStore) async throws {
        try await reset(store)
        let cards = try (0..<10).map { number in
            try StoreSamples.card(
                StoreSamples.token(number),
                [3, 4].map { StoreSamples.fingerprint(number, key: $0) })
        }
        _ = try await insert(cards, in: store)
        let row = IndexRow(cards[0].fingerprints[0], of: StoreSamples.token(0))
        let foreign = IndexRow(row.fingerprint, of: StoreSamples.token(1))
        for (deleted, isThere) in [(foreign, false), (row, true), (row, false)] {
            let wasThere = try await store.write { transaction throws(StoreError) in
                try transaction.delete(deleted)
            }
            #expect(wasThere == isThere)
            let found = try await token(of: row.fingerprint, in: store)
            #expect(found == (deleted == foreign ? row.token : nil))
        }
        let key = KeyNumber(rawValue: 3)
        for (limit, count) in [(0, 0), (4, 4), (4, 4), (4, 1), (4, 0)] {
            let deleted = try await store.write { transaction throws(StoreError) in
                try transaction.deleteFingerprints(of: key, limit: limit)
            }
            #expect(deleted == count)
        }
        for walked in try await walk(store) {
            #expect(walked.fingerprints.map(\.key.rawValue) == [4])
        }
    }

    /// A transaction that throws leaves boxes, search rows and registers as they were.
    static func expectJobRollback(_ store: any VaultStore) async throws {
        try await reset(store)
        let card = try StoreSamples.card(1)
        let (kept, new) = (
            try StoreSamples.row(.jobs, [1]), try StoreSamples.row(.jobs, [1], content: 9)
        )
        let row = IndexRow(StoreSamples.fingerprint(1, key: 9), of: card.record.token)
        let box = NewBox(
            over: card.record, key: KeyNumber(rawValue: 9),
            box: StoreSamples.bytes(8, count: 50))
        _ = try await insert([card], in: store)
        try await store.write { transaction throws(StoreError) in try transaction.put(kept) }
        let before = try await walk(store)
        for count in 0..<6 {
            let error = await storeRefusal {
                try await store.write { transaction throws(StoreError) in
                    _ = try transaction.reseal([box])
                    if count >= 1 { _ = try transaction.index([row]) }
                    if count >= 2 { _ = try transaction.delete(row) }
                    if count >= 3 {
                        _ = try transaction.deleteFingerprints(of: .init(rawValue: 3), limit: 9)
                    }
                    if count >= 4 { try transaction.put(new) }
                    if count >= 5 { _ = try transaction.delete(.jobs, key: [1]) }
                    throw StoreError(.failed, systemCode: Int32(count))
                }
            }
            #expect(error == StoreError(.failed, systemCode: Int32(count)))
            #expect(try await walk(store) == before)
            try await store.read { reader throws(StoreError) in
                #expect(try reader.rows(of: .jobs) == [kept])
                #expect(try reader.token(of: row.fingerprint) == nil)
            }
        }
    }

    /// All cards, so many at a time.
    private static func walk(
        _ store: any VaultStore, of keys: Set<KeyNumber>? = nil, by limit: Int = 1_000
    ) async throws -> [WalkedCard] {
        var cards: [WalkedCard] = []
        while true {
            let place = cards.last?.place ?? []
            let found = try await store.read { reader throws(StoreError) in
                try reader.cards(after: place, of: keys, limit: limit)
            }
            #expect(found.count <= limit)
            cards += found
            if found.count < limit { return cards }
        }
    }
}
