// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
internal import Testing

/// What holds of every store. Each law takes a store that was never used.
enum StoreLaws {
    struct Refusal: Error {}

    /// A store that was never initialized belongs to nobody.
    static func expectEmptyAtFirst(_ store: any VaultStore) async throws {
        #expect(try await store.read { reader throws(StoreError) in try reader.vault() } == nil)
        #expect(try await store.read { reader throws(StoreError) in try reader.pin() } == nil)
        #expect(
            try await store.read { reader throws(StoreError) in try reader.hasCards() } == false)
    }

    /// A reset leaves the vault's id, and nothing of what was before.
    static func expectReset(_ store: any VaultStore) async throws {
        let (first, second) = (VaultID.random(), VaultID.random())
        let card = try StoreSamples.card(1)
        let set = try StoreSamples.keySet(nil, keys: [try StoreSamples.key(1, scope: nil)])
        let pin = try StoreSamples.pin(1)
        try await store.write { transaction throws(StoreError) in
            try transaction.reset(for: first)
            try transaction.put(pin)
            try transaction.put(set)
            _ = try transaction.insert([card])
        }
        #expect(
            try await store.read { reader throws(StoreError) in try reader.vault() } == first)
        #expect(try await store.read { reader throws(StoreError) in try reader.hasCards() })
        try await store.write { transaction throws(StoreError) in
            try transaction.reset(for: second)
        }
        try await store.read { reader throws(StoreError) in
            #expect(try reader.vault() == second)
            #expect(try reader.pin() == nil)
            #expect(try reader.keySet(of: nil) == nil)
            #expect(try reader.epoch(of: nil) == nil)
            #expect(try reader.card(card.record.token) == nil)
            #expect(try reader.token(of: card.fingerprints[0]) == nil)
            #expect(try !reader.hasCards())
        }
    }

    /// Cards are told apart by the keys that seal them, and no number that a record names is new.
    static func expectKeysOfCards(_ store: any VaultStore) async throws {
        try await reset(store)
        let card = try StoreSamples.card(1)
        let used = card.record.key
        let next = try await store.write { transaction throws(StoreError) in
            _ = try transaction.insert([card])
            return try transaction.nextKeyNumber()
        }
        #expect(next > max(used, card.fingerprints[0].key))
        try await store.read { reader throws(StoreError) in
            #expect(try reader.hasCards(besides: []))
            #expect(try reader.hasCards(besides: [next]))
            #expect(try !reader.hasCards(besides: [used]))
            #expect(try !reader.hasCards(besides: [used, next]))
        }
    }

    /// The pin comes back, and the later of two takes the place of the earlier.
    static func expectPins(_ store: any VaultStore) async throws {
        try await reset(store)
        for generation in [1, 2, UInt64.max] {
            let pin = try StoreSamples.pin(generation)
            try await store.write { transaction throws(StoreError) in try transaction.put(pin) }
            #expect(
                try await store.read { reader throws(StoreError) in try reader.pin() } == pin)
        }
    }

    /// Every key set comes back as it was put, and none of another scope with it.
    static func expectKeySets(_ store: any VaultStore) async throws {
        try await reset(store)
        let scope = try #require(ScopeID("acme"))
        var keys: [StoredKey] = []
        for (fence, state) in zip(Fence.allCases, KeyState.allCases) {
            keys.append(
                try StoreSamples.key(
                    Int64(keys.count + 10), scope: scope, fence: fence, state: state))
        }
        let bare = StoredKey(
            number: KeyNumber(rawValue: 1),
            key: try StoreSamples.key(1, scope: nil).key, fence: .sealing, wrapping: nil)
        let vaultSet = try StoreSamples.keySet(nil, epoch: .max, keys: [bare])
        let sets = [vaultSet, try StoreSamples.keySet(scope, keys: keys)]
        for set in sets {
            try await store.write { transaction throws(StoreError) in try transaction.put(set) }
        }
        let more = try StoreSamples.keySet(
            scope, epoch: 2, keys: keys + [try StoreSamples.key(99, scope: scope)])
        for set in sets {
            try await expect(set, in: store)
        }
        try await store.write { transaction throws(StoreError) in try transaction.put(more) }
        for set in [vaultSet, more] {
            try await expect(set, in: store)
        }
        let other = try #require(ScopeID("other"))
        try await store.read { reader throws(StoreError) in
            #expect(try reader.keySet(of: other) == nil)
            #expect(try reader.epoch(of: other) == nil)
        }
    }

    /// A key number is given out once, whoever asks and however often the store is opened.
    static func expectKeyNumbers(_ store: any VaultStore) async throws {
        try await reset(store)
        var numbers: [KeyNumber] = []
        for name in ["a", "b", "c"] {
            let scope = try #require(ScopeID(name))
            let sample = try StoreSamples.key(0, scope: scope)
            numbers += try await store.write { transaction throws(StoreError) in
                var keys: [StoredKey] = []
                for _ in 0..<3 {
                    let number = try transaction.nextKeyNumber()
                    let id = KeyID(bytes: StoreSamples.bytes(Int(number.rawValue), count: 32))
                    guard let id else { throw StoreError(.failed) }
                    let key = KeyDescriptor(
                        id: id, purpose: .data, scope: scope, suite: .xaes256GCM, sequence: 1,
                        state: .active, dates: sample.key.dates)
                    keys.append(
                        StoredKey(number: number, key: key, fence: .sealing, wrapping: nil))
                }
                try transaction.put(
                    KeySet(
                        scope: scope, epoch: 1, sealKey: sample.key.id, keys: keys, code: []))
                return keys.map(\.number)
            }
        }
        #expect(numbers.count == 9)
        #expect(numbers == numbers.sorted())
        #expect(Set(numbers).count == 9)
    }

    /// A transaction that throws says why, and leaves everything as it was.
    static func expectRollback(_ store: any VaultStore) async throws {
        let vault = try await reset(store)
        let (kept, new) = (try StoreSamples.card(1), try StoreSamples.card(2))
        let scope = try #require(ScopeID("acme"))
        let set = try StoreSamples.keySet(scope, keys: [try StoreSamples.key(5, scope: scope)])
        let later = try StoreSamples.keySet(scope, epoch: 2, keys: set.keys)
        let (pin, laterPin) = (try StoreSamples.pin(1), try StoreSamples.pin(2))
        try await store.write { transaction throws(StoreError) in
            _ = try transaction.insert([kept])
            try transaction.put(set)
            try transaction.put(pin)
        }
        for count in 0..<5 {
            let error = await storeRefusal {
                try await store.write { transaction throws(StoreError) in
                    if count >= 0 { _ = try transaction.insert([new]) }
                    if count >= 1 { _ = try transaction.delete(kept.record.token) }
                    if count >= 2 { try transaction.put(later) }
                    if count >= 3 { try transaction.put(laterPin) }
                    if count >= 4 { try transaction.reset(for: .random()) }
                    throw StoreError(.failed, systemCode: Int32(count))
                }
            }
            #expect(error == StoreError(.failed, systemCode: Int32(count)))
            try await store.read { reader throws(StoreError) in
                #expect(try reader.vault() == vault)
                #expect(try reader.card(kept.record.token) == kept.record)
                #expect(try reader.token(of: kept.fingerprints[0]) == kept.record.token)
                #expect(try reader.card(new.record.token) == nil)
                #expect(try reader.token(of: new.fingerprints[0]) == nil)
                #expect(try reader.keySet(of: scope) == set)
                #expect(try reader.pin() == pin)
            }
        }
    }

    /// Makes the store that of some vault.
    @discardableResult
    static func reset(_ store: any VaultStore) async throws -> VaultID {
        let vault = VaultID.random()
        try await store.write { transaction throws(StoreError) in
            try transaction.reset(for: vault)
        }
        return vault
    }

    private static func expect(_ set: KeySet, in store: any VaultStore) async throws {
        try await store.read { reader throws(StoreError) in
            #expect(try reader.keySet(of: set.scope) == set)
            #expect(try reader.epoch(of: set.scope) == set.epoch)
        }
    }
}
