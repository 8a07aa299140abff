// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

/// Somebody knows a seal key, and writes rows with codes that it makes.
@Suite("Compromise of a seal key") struct SealKeyCompromiseTests {
    private let bench: Bench
    private let cards: RotationCards
    private let acme: ScopeID
    private let forger: SealKeyEntry

    init() async throws {
        bench = try await Bench()
        cards = try await RotationCards(bench.scope())
        acme = try await bench.scope("acme").id
        forger = try bench.vault.primarySealKey()
    }

    private func forge(_ set: KeySet) async throws {
        let forged = KeySet(
            scope: set.scope, epoch: set.epoch + 1, keys: set.keys, vault: bench.vault.id,
            sealedBy: forger.key)
        try await bench.store.write { transaction throws(StoreError) in
            try transaction.put(forged)
        }
    }

    @Test func `leaves no row under it`() async throws {
        _ = try await bench.vault.backUp(to: "\(bench.folder)/backup")
        try await bench.vault.compromise(forger.key.id)
        let inUse = try await bench.store.read { reader throws(StoreError) in
            try reader.sealKeysInUse()
        }
        #expect(inUse == [try bench.vault.primarySealKey().key.id])
        try await cards.expectKept(in: bench.opened().scope("default"))
        #expect(try await bench.vault.backupList().count == 1)
        #expect(try await bench.isLogSound())
    }

    @Test func `believes a key set under it before`() async throws {
        try await forge(bench.vault.stored(acme))
        #expect(try await bench.opened().damagedScopes().isEmpty)
    }

    @Test func `refuses a key set under it`() async throws {
        try await bench.vault.compromise(forger.key.id)
        try await forge(bench.vault.stored(acme))
        let vault = try await bench.opened()
        #expect(try await vault.damagedScopes() == [acme])
        #expect(await code { try await vault.scope("acme") } == .integrity)
        try await cards.expectKept(in: vault.scope("default"))
        // Not taken over by the next change either.
        try await vault.rotated(.seal)
        #expect(try await vault.damagedScopes() == [acme])
    }

    @Test func `refuses the vault's own key set under it`() async throws {
        try await bench.vault.compromise(forger.key.id)
        try await forge(bench.vault.stored(nil))
        #expect(await code { try await bench.opened() } == .integrity)
    }

    @Test func `refuses a pin under it`() async throws {
        try await bench.vault.compromise(forger.key.id)
        let pin = Pin(
            on: bench.keyring.current(), required: 1, sealedBy: forger.key)
        try await bench.store.write { transaction throws(StoreError) in try transaction.put(pin) }
        #expect(await code { try await bench.opened() } == .integrity)
    }

    @Test func `refuses an end of the log under it`() async throws {
        try await bench.vault.compromise(forger.key.id)
        let head = try #require(
            try await bench.store.read { reader throws(StoreError) in try reader.auditHead() })
        let forged = AuditHead(
            sequence: head.sequence, head: head.head, firstKept: head.firstKept,
            in: bench.vault.id, sealedBy: forger.key)
        try await bench.store.write { transaction throws(StoreError) in
            try transaction.put(forged)
        }
        #expect(await code { try await bench.opened() } == .integrity)
    }

    @Test func `refuses rows of registers under it`() async throws {
        try await bench.vault.compromise(forger.key.id)
        let record = BackupRecord(
            id: [UInt8](repeating: 1, count: 16), created: .now(), generation: 1, keys: [])
        let row = RegisterRow(
            .backups, key: record.id, content: record.content, in: bench.vault.id,
            sealedBy: forger.key)
        try await bench.store.write { transaction throws(StoreError) in try transaction.put(row) }
        #expect(await code { try await bench.vault.backupList() } == .integrity)
    }

    @Test func `goes on in a server that runs meanwhile`() async throws {
        let server = try await bench.opened()
        let scope = try await server.scope("default")
        try await bench.vault.compromise(forger.key.id)
        try await cards.expectKept(in: scope)
        _ = try await server.scope("acme")
        server.forgetKeys()
        try await cards.expectKept(in: scope)
    }
}
