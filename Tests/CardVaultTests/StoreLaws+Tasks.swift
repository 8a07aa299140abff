// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import Testing

/// What holds of every store when many tasks use it at once.
extension StoreLaws {
    /// Transactions run one after the other: none reads what another is about to change.
    static func expectSerialWrites(_ store: any VaultStore) async throws {
        try await reset(store)
        let first = try StoreSamples.keySet(nil, epoch: 1)
        try await store.write { transaction throws(StoreError) in try transaction.put(first) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try await store.write { transaction throws(StoreError) in
                        guard let set = try transaction.keySet(of: nil) else {
                            throw StoreError(.failed)
                        }
                        try transaction.put(
                            KeySet(
                                scope: nil, epoch: set.epoch + 1, sealKey: set.sealKey, keys: [],
                                code: set.code))
                    }
                }
            }
            try await group.waitForAll()
        }
        let epoch = try await store.read { reader throws(StoreError) in
            try reader.epoch(of: nil)
        }
        #expect(epoch == 41)
    }

    /// The reads of one call see one state: before a transaction, or after it.
    static func expectSnapshots(_ store: any VaultStore) async throws {
        try await reset(store)
        let cards = try (0..<2).map { try StoreSamples.card($0) }
        _ = try await insert([cards[0]], in: store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for step in 1...60 {
                    try await store.write { transaction throws(StoreError) in
                        _ = try transaction.delete(cards[(step + 1) % 2].record.token)
                        _ = try transaction.insert([cards[step % 2]])
                    }
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<200 {
                        let found = try await store.read { reader throws(StoreError) in
                            var found: [Bool] = []
                            for card in cards {
                                found.append(try reader.card(card.record.token) != nil)
                                found.append(try reader.token(of: card.fingerprints[0]) != nil)
                            }
                            return found
                        }
                        #expect(
                            found == [true, true, false, false]
                                || found == [false, false, true, true])
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
