// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
@testable internal import CardVault
internal import Testing

/// What every store knows of the keys that its records need.
extension StoreLaws {
    /// Records are counted by the key that made them, each kind by itself.
    static func expectCounts(_ store: any VaultStore) async throws {
        try await reset(store)
        let cards = try (0..<7).map { number in
            let rows = [3, 4].prefix(1 + number % 2).map {
                StoreSamples.fingerprint(number, key: $0)
            }
            return try StoreSamples.card(
                StoreSamples.token(number), rows, key: number < 5 ? 2 : 5)
        }
        let holds = try (0..<3).map { try StoreSamples.hold($0, key: $0 < 1 ? 2 : 6) }
        let entries = (1...4).map { StoreSamples.entry($0, key: $0 < 4 ? 7 : Int64.max) }
        // Too short to name a key.
        let stub = StoredAuditEntry(sequence: 5, bytes: [1, 0, 0])
        try await store.write { transaction throws(StoreError) in
            _ = try transaction.insert(cards)
            for hold in holds { try transaction.insert(hold) }
            for entry in entries + [stub] { try transaction.append(entry) }
        }
        let expected: [KeyedRecord: [Int64: Int]] = [
            .card: [2: 5, 5: 2], .fingerprint: [3: 7, 4: 3], .hold: [2: 1, 6: 2],
            .auditEntry: [7: 3, .max: 1],
        ]
        for kind in KeyedRecord.allCases {
            for key in [0, 1, 2, 3, 4, 5, 6, 7, -1, .max] as [Int64] {
                let number = KeyNumber(rawValue: key)
                let count = expected[kind]?[key] ?? 0
                try await store.read { reader throws(StoreError) in
                    #expect(try reader.count(kind, of: number) == count)
                    #expect(try reader.hasAny(kind, of: number) == (count > 0))
                }
            }
        }
    }

    /// The scopes with a key set are known, that of the vault itself among them.
    static func expectScopes(_ store: any VaultStore) async throws {
        try await reset(store)
        let (acme, other) = (try #require(ScopeID("acme")), try #require(ScopeID("other")))
        var expected: Set<ScopeID?> = []
        for scope in [acme, nil, other] as [ScopeID?] {
            let set = try StoreSamples.keySet(scope)
            try await store.write { transaction throws(StoreError) in try transaction.put(set) }
            expected.insert(scope)
            let scopes = try await store.read { reader throws(StoreError) in
                try reader.keySetScopes()
            }
            #expect(scopes.count == expected.count)
            #expect(Set(scopes) == expected)
        }
    }

    /// Every seal key that any row names is in use, and one that no row names any more is not.
    static func expectSealKeys(_ store: any VaultStore) async throws {
        try await reset(store)
        #expect(try await sealKeys(of: store).isEmpty)
        let (set, pin) = (try StoreSamples.keySet(nil), try StoreSamples.pin(1))
        let head = try StoreSamples.head(1)
        let row = try StoreSamples.row(.jobs, [1], sealKey: 77)
        var expected: Set<KeyID> = []
        for key in [set.sealKey, pin.sealKey, head.sealKey, row.sealKey] {
            #expect(expected.insert(key).inserted)
        }
        try await store.write { transaction throws(StoreError) in
            try transaction.put(set)
            try transaction.put(pin)
            try transaction.put(head)
            try transaction.put(row)
        }
        #expect(try await sealKeys(of: store) == expected)
        let new = try StoreSamples.row(.jobs, [1], sealKey: 78)
        try await store.write { transaction throws(StoreError) in try transaction.put(new) }
        expected = expected.subtracting([row.sealKey]).union([new.sealKey])
        #expect(try await sealKeys(of: store) == expected)
    }

    private static func sealKeys(of store: any VaultStore) async throws -> Set<KeyID> {
        try await store.read { reader throws(StoreError) in try reader.sealKeysInUse() }
    }

    /// Rows of a register come back in the order of their keys, and none of another register.
    static func expectRegisters(_ store: any VaultStore) async throws {
        try await reset(store)
        let keys: [[UInt8]] = [[], [0], [0, 1], [1], [1, 0], [255]]
        let rows = try keys.map { try StoreSamples.row(.jobs, $0) }
        let longest = try StoreSamples.row(
            .backups, StoreSamples.bytes(1, count: 128), content: 8_192)
        try await store.write { transaction throws(StoreError) in
            for row in rows.reversed() + [longest] { try transaction.put(row) }
        }
        try await store.read { reader throws(StoreError) in
            #expect(try reader.rows(of: .jobs) == rows)
            #expect(try reader.rows(of: .backups) == [longest])
            #expect(try reader.row(of: .jobs, key: [0, 1]) == rows[2])
            #expect(try reader.row(of: .backups, key: [0, 1]) == nil)
            #expect(try reader.row(of: .jobs, key: [2]) == nil)
        }
        let new = try StoreSamples.row(.jobs, [1], content: 0)
        let deletions = try await store.write { transaction throws(StoreError) in
            try transaction.put(new)
            return [
                try transaction.delete(.backups, key: [0]), try transaction.delete(.jobs, key: [0]),
                try transaction.delete(.jobs, key: [0]),
            ]
        }
        #expect(deletions == [false, true, false])
        try await store.read { reader throws(StoreError) in
            #expect(try reader.rows(of: .jobs) == [rows[0], rows[2], new, rows[4], rows[5]])
        }
        try await reset(store)
        try await store.read { reader throws(StoreError) in
            for register in Register.allCases { #expect(try reader.rows(of: register).isEmpty) }
        }
    }
}
