// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
@testable internal import CardVault
internal import TestSupport
internal import Testing

/// What holds of holds in every store.
extension StoreLaws {
    /// Every fact of a hold comes back, whatever it is, and the oldest is the first of the list.
    static func expectHolds(_ store: any VaultStore) async throws {
        try await reset(store)
        #expect(try await holds(in: store).isEmpty)
        var holds: [HoldRecord] = []
        for (number, kind) in (HoldKind.allCases + HoldKind.allCases).enumerated() {
            let scope = try #require(ScopeID(number < 3 ? "default" : "a.b_c-9"))
            // The least moment and the greatest among them.
            let created = try moment(number == 0 ? 0 : UInt64(number) << 40)
            let end = try moment(number == 5 ? 1 << 48 - 1 : UInt64(number) << 40 + 1)
            holds.append(
                HoldRecord(
                    id: try StoreSamples.holdID(100 - number), scope: scope,
                    key: KeyNumber(rawValue: number == 1 ? .max : Int64(number)),
                    box: StoreSamples.bytes(number, count: kind.boxByteCount),
                    facts: HoldFacts(kind: kind, created: created, expires: end)))
        }
        #expect(holds.count == 6)
        var random = SeededRandom(seed: 3)
        for hold in holds.shuffled(using: &random) { try await insert(hold, in: store) }
        for hold in holds { #expect(try await self.hold(hold.id, in: store) == hold) }
        #expect(try await self.holds(in: store) == holds)
        #expect(try await hold(StoreSamples.holdID(1), in: store) == nil)
    }

    /// A hold is deleted once, alone, and whoever deletes it is told.
    static func expectHoldDeletion(_ store: any VaultStore) async throws {
        try await reset(store)
        let holds = try (1...3).map { try StoreSamples.hold($0) }
        for hold in holds { try await insert(hold, in: store) }
        #expect(try await delete(holds[1].id, in: store))
        #expect(try await hold(holds[1].id, in: store) == nil)
        #expect(try await delete(holds[1].id, in: store) == false)
        #expect(try await self.holds(in: store) == [holds[0], holds[2]])
        try await insert(holds[1], in: store)
        #expect(try await hold(holds[1].id, in: store) == holds[1])
    }

    /// The id of a hold is no other's: the second is refused, and the first stays.
    static func expectUniqueHolds(_ store: any VaultStore) async throws {
        try await reset(store)
        let first = try StoreSamples.hold(1)
        let second = HoldRecord(
            id: first.id, scope: first.scope, key: first.key, box: StoreSamples.bytes(9, count: 9),
            facts: first.facts)
        try await insert(first, in: store)
        for hold in [first, second] {
            #expect(
                await storeRefusal { try await insert(hold, in: store) }?.code == .failed)
        }
        #expect(try await holds(in: store) == [first])
    }

    /// A number that a hold names is not given to a new key.
    static func expectKeysOfHolds(_ store: any VaultStore) async throws {
        try await reset(store)
        let hold = try StoreSamples.hold(1, key: 41)
        try await insert(hold, in: store)
        let next = try await store.write { transaction throws(StoreError) in
            try transaction.nextKeyNumber()
        }
        #expect(next > hold.key)
        try await store.read { reader throws(StoreError) in #expect(try !reader.hasCards()) }
    }

    /// Two that delete a hold at once: one of them did.
    static func expectOneDeletion(_ store: any VaultStore) async throws {
        try await reset(store)
        for number in 0..<10 {
            let hold = try StoreSamples.hold(number)
            try await insert(hold, in: store)
            let count = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 { group.addTask { try await delete(hold.id, in: store) } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(count == 1)
        }
    }

    static func insert(_ hold: HoldRecord, in store: any VaultStore) async throws {
        try await store.write { transaction throws(StoreError) in try transaction.insert(hold) }
    }

    static func delete(_ id: HoldID, in store: any VaultStore) async throws -> Bool {
        try await store.write { transaction throws(StoreError) in try transaction.delete(id) }
    }

    static func hold(_ id: HoldID, in store: any VaultStore) async throws -> HoldRecord? {
        try await store.read { reader throws(StoreError) in try reader.hold(id) }
    }

    static func holds(in store: any VaultStore) async throws -> [HoldRecord] {
        try await store.read { reader throws(StoreError) in try reader.holds() }
    }
}
