// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
@testable internal import CardVault
internal import Testing

/// What holds of the audit log in every store.
extension StoreLaws {
    /// Entries come back in the order of their places, from any place and as many as asked for.
    static func expectEntries(_ store: any VaultStore) async throws {
        try await reset(store)
        #expect(try await entries(in: store) == [])
        let all = (1...12).map { StoreSamples.entry($0) }
        // One by one, and several in a transaction.
        try await append(Array(all[..<1]), in: store)
        try await append(Array(all[1..<7]), in: store)
        try await append(Array(all[7...]), in: store)
        #expect(try await entries(in: store) == all)
        #expect(try await entries(in: store, from: 0, limit: 100) == all)
        #expect(try await entries(in: store, from: 3, limit: 4) == Array(all[2..<6]))
        #expect(try await entries(in: store, from: 12, limit: 100) == [all[11]])
        #expect(try await entries(in: store, from: 13, limit: 100) == [])
        #expect(try await entries(in: store, from: .max, limit: 100) == [])
        #expect(try await entries(in: store, limit: 0) == [])
    }

    /// The place of an entry is no other's: the second is refused, and the first stays.
    static func expectUniqueEntries(_ store: any VaultStore) async throws {
        try await reset(store)
        let first = StoreSamples.entry(1)
        try await append([first], in: store)
        for second in [first, StoredAuditEntry(sequence: 1, bytes: [1])] {
            #expect(
                await storeRefusal { try await append([second], in: store) }?.code == .failed)
        }
        #expect(try await entries(in: store) == [first])
    }

    /// Entries are removed up to a place, and from the begin alone.
    static func expectArchiving(_ store: any VaultStore) async throws {
        try await reset(store)
        let all = (1...9).map { StoreSamples.entry($0) }
        try await append(all, in: store)
        for (sequence, first) in [(UInt64(0), 0), (3, 3), (2, 3), (8, 8), (.max, 9)] {
            try await store.write { transaction throws(StoreError) in
                try transaction.deleteAuditEntries(through: sequence)
            }
            #expect(try await entries(in: store) == Array(all[first...]))
        }
        try await append([StoreSamples.entry(10)], in: store)
        #expect(try await entries(in: store) == [StoreSamples.entry(10)])
    }

    /// The head comes back, and the later of two takes the place of the earlier.
    static func expectHeads(_ store: any VaultStore) async throws {
        try await reset(store)
        #expect(try await head(in: store) == nil)
        for sequence in [1, 2, UInt64.max] {
            let head = try StoreSamples.head(sequence)
            try await store.write { transaction throws(StoreError) in try transaction.put(head) }
            #expect(try await self.head(in: store) == head)
        }
        try await reset(store)
        #expect(try await head(in: store) == nil)
    }

    /// A transaction that throws leaves holds, ends, entries and head as they were.
    static func expectLogRollback(_ store: any VaultStore) async throws {
        try await reset(store)
        let card = try StoreSamples.card(1, until: moment(5))
        let longer = try StoreSamples.card(1, until: moment(9)).record
        let (hold, new) = (try StoreSamples.hold(1, until: moment(5)), try StoreSamples.hold(2))
        let same = try StoreSamples.card(StoreSamples.token(7), card.fingerprints)
        let (head, later) = (try StoreSamples.head(3), try StoreSamples.head(4))
        let log = (1...3).map { StoreSamples.entry($0) }
        _ = try await insert([card], in: store)
        try await insert(hold, in: store)
        try await append(log, in: store)
        try await store.write { transaction throws(StoreError) in try transaction.put(head) }
        let (end, entry) = (try moment(5), StoreSamples.entry(4))
        for count in 1...8 {
            // Each step alone, and all up to it.
            for steps in [count...count, 1...count] {
                let error = await storeRefusal {
                    try await store.write { transaction throws(StoreError) in
                        if steps.contains(1) { try transaction.insert(new) }
                        if steps.contains(2) { _ = try transaction.delete(hold.id) }
                        if steps.contains(3) { _ = try transaction.sweep(at: end, limit: 9) }
                        if steps.contains(4) { _ = try transaction.insert([same]) }
                        if steps.contains(5) {
                            _ = try transaction.replace(card.record, with: longer)
                        }
                        if steps.contains(6) { try transaction.append(entry) }
                        if steps.contains(7) { try transaction.put(later) }
                        if steps.contains(8) { try transaction.deleteAuditEntries(through: 2) }
                        throw StoreError(.failed, systemCode: Int32(count))
                    }
                }
                #expect(error == StoreError(.failed, systemCode: Int32(count)))
                #expect(try await holds(in: store) == [hold])
                #expect(try await store.card(card.record.token) == card.record)
                #expect(try await store.card(same.record.token) == nil)
                #expect(
                    try await token(of: card.fingerprints[0], in: store) == card.record.token)
                #expect(try await entries(in: store) == log)
                #expect(try await self.head(in: store) == head)
            }
        }
    }

    static func append(_ entries: [StoredAuditEntry], in store: any VaultStore) async throws {
        try await store.write { transaction throws(StoreError) in
            for entry in entries { try transaction.append(entry) }
        }
    }

    static func entries(
        in store: any VaultStore, from sequence: UInt64 = 1, limit: Int = 1_000
    ) async throws -> [StoredAuditEntry] {
        try await store.read { reader throws(StoreError) in
            try reader.auditEntries(from: sequence, limit: limit)
        }
    }

    static func head(in store: any VaultStore) async throws -> AuditHead? {
        try await store.read { reader throws(StoreError) in try reader.auditHead() }
    }
}
