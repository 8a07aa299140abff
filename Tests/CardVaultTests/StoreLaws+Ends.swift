// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
@testable internal import CardVault
internal import TestSupport
internal import Testing

/// What holds, in every store, of records whose time ends.
extension StoreLaws {
    /// A card is replaced if it still is what it was thought to be, in every column, and keeps its
    /// fingerprints.
    static func expectReplacement(_ store: any VaultStore) async throws {
        try await reset(store)
        let there = try StoreSamples.card(1, until: moment(10))
        let other = try StoreSamples.card(2, until: moment(10))
        _ = try await insert([there, other], in: store)
        let old = there.record
        let new = CardRecord(
            token: old.token, key: KeyNumber(rawValue: 900),
            box: StoreSamples.bytes(7, count: CardRecord.boxByteCount),
            facts: try StoreSamples.facts(until: moment(20)))
        let wrong = [
            new, CardRecord(token: old.token, key: new.key, box: old.box, facts: old.facts),
            CardRecord(token: old.token, key: old.key, box: new.box, facts: old.facts),
            CardRecord(token: old.token, key: old.key, box: old.box, facts: new.facts),
            try StoreSamples.card(3, until: moment(10)).record,
        ]
        for record in wrong {
            #expect(try await replace(record, with: new, in: store) == false)
            #expect(try await store.card(record.token) == (record.token == old.token ? old : nil))
        }
        #expect(try await replace(old, with: new, in: store))
        #expect(try await store.card(old.token) == new)
        #expect(try await replace(old, with: new, in: store) == false)
        #expect(try await token(of: there.fingerprints[0], in: store) == old.token)
        #expect(try await store.card(other.record.token) == other.record)
        // The new end counts, and the number of the new key is taken.
        #expect(try await sweep(in: store, at: moment(10)).tokens == [other.record.token])
        let next = try await store.write { transaction throws(StoreError) in
            try transaction.nextKeyNumber()
        }
        #expect(next > new.key)
    }

    /// What has expired is swept, the oldest first and so many of each; the last moment of a record
    /// is the one before its end.
    static func expectSweeps(_ store: any VaultStore) async throws {
        try await reset(store)
        // Neither the tokens nor the ids are in the order of the ends.
        let ends: [UInt64] = [15, 11, 14, 12, 13, 16]
        let cards = try ends.enumerated().map { number, end in
            try StoreSamples.card(number, until: moment(end))
        }
        let holds = try ends.enumerated().map { number, end in
            try StoreSamples.hold(number, until: moment(end))
        }
        let endless = try StoreSamples.card(99)
        _ = try await insert(cards + [endless], in: store)
        for hold in holds { try await insert(hold, in: store) }
        func expectSwept(_ numbers: [Int], at end: UInt64, limit: Int) async throws {
            let swept = try await sweep(in: store, at: moment(end), limit: limit)
            #expect(swept.tokens == numbers.map { cards[$0].record.token })
            #expect(swept.holds == numbers.map { holds[$0].id })
        }
        try await expectSwept([], at: 10, limit: 9)
        try await expectSwept([1, 3], at: 14, limit: 2)
        for number in [1, 3] {
            #expect(try await store.card(cards[number].record.token) == nil)
            #expect(try await token(of: cards[number].fingerprints[0], in: store) == nil)
            #expect(try await hold(holds[number].id, in: store) == nil)
        }
        try await expectSwept([4, 2], at: 14, limit: 9)
        try await expectSwept([], at: 14, limit: 9)
        // A clock that was set back brings nothing back.
        try await expectSwept([], at: 1, limit: 9)
        for number in [0, 5] {
            let card = cards[number]
            #expect(try await store.card(card.record.token) == card.record)
            #expect(try await token(of: card.fingerprints[0], in: store) == card.record.token)
            #expect(try await hold(holds[number].id, in: store) == holds[number])
        }
        try await expectSwept([0, 5], at: 1 << 48 - 1, limit: 9)
        #expect(try await store.card(endless.record.token) == endless.record)
    }

    /// A sweep takes every fingerprint of a card along, and those of no other.
    static func expectSweptFingerprints(_ store: any VaultStore) async throws {
        try await reset(store)
        let rows = [3, 4].map { StoreSamples.fingerprint(1, key: $0) }
        let card = try StoreSamples.card(StoreSamples.token(1), rows, until: moment(5))
        let other = try StoreSamples.card(2, until: moment(6))
        _ = try await insert([card, other], in: store)
        #expect(try await sweep(in: store, at: moment(5)).tokens == [card.record.token])
        for row in rows { #expect(try await token(of: row, in: store) == nil) }
        #expect(try await token(of: other.fingerprints[0], in: store) == other.record.token)
        let again = try StoreSamples.card(StoreSamples.token(3), rows)
        #expect(try await insert([again], in: store) == [.inserted])
    }

    static func replace(
        _ old: CardRecord, with new: CardRecord, in store: any VaultStore
    ) async throws -> Bool {
        try await store.write { transaction throws(StoreError) in
            try transaction.replace(old, with: new)
        }
    }

    static func sweep(
        in store: any VaultStore, at moment: Timestamp, limit: Int = 64
    ) async throws -> SweptRecords {
        try await store.write { transaction throws(StoreError) in
            try transaction.sweep(at: moment, limit: limit)
        }
    }
}

/// Whether a card's time is over is for the vault to say, once it has opened the card.
extension StoreLaws {
    /// An expired card is a hit as any other.
    static func expectExpiredHits(_ store: any VaultStore) async throws {
        try await reset(store)
        let row = [StoreSamples.fingerprint(1)]
        let old = try StoreSamples.card(StoreSamples.token(1), row, until: moment(5))
        let new = try StoreSamples.card(StoreSamples.token(2), row)
        _ = try await insert([old], in: store)
        let hit = InsertOutcome.exists(old.record.token, old.record)
        #expect(try await insert([new], in: store) == [hit])
        #expect(try await store.card(old.record.token) == old.record)
    }
}
