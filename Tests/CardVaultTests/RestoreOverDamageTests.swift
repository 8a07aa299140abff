// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import TestSupport
internal import Testing

/// The store that a backup replaces was altered, or is none.
@Suite("Restore over a damaged store") struct RestoreOverDamageTests {
    private static let alterations = [
        "UPDATE audit SET entry = zeroblob(length(entry)) WHERE sequence = 2",
        "DELETE FROM audit WHERE sequence = 3",
        "DELETE FROM audit_heads",
        "UPDATE audit_heads SET code = zeroblob(32)",
        "UPDATE key_sets SET code = zeroblob(32) WHERE scope = ''",
        "UPDATE vault SET id = zeroblob(16)",
        "DELETE FROM vault",
        "DROP TABLE audit",
    ]

    @Test(arguments: alterations)
    func `keeps it under another name, and says so`(_ sql: String) async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        try scene.bench.tamper(sql)
        let plan = try await scene.plan()
        #expect(plan.log == .dropped)
        #expect(await code { try await scene.restore(plan) } == .oldStoreNeeded)
        try await scene.restore(plan, keepingOldAs: scene.old)
        let vault = try await scene.bench.opened()
        try await scene.expectCard(in: vault.scope("default"))
        let restored = try await vault.auditTail(100).last { $0.entry.event.action == .restore }
        #expect(
            restored?.entry.event.purpose
                == "with the log of the backup, the present one dropped: old store kept in old.db")
        let kept = try SQLiteConnection(path: scene.old, patience: .seconds(1))
        #expect(try kept.integers("SELECT count(*) FROM cards") == [1])
        let verdict = try await AuditLog(keyring: scene.bench.keyring, store: scene.store).verify()
        #expect(verdict.fault == nil)
    }

    /// Bytes that are in the place of the store.
    enum Wreck: CaseIterable, Sendable {
        case noise, otherHeader, otherProgram, header, half

        func bytes(of store: Data) -> Data {
            switch self {
            case .noise: return Data(repeating: 9, count: 10_000)
            case .header: return store.prefix(100)
            case .half: return store.prefix(store.count / 2 + 7)
            case .otherHeader, .otherProgram:
                var bytes = store
                bytes[self == .otherHeader ? 3 : 68] ^= 1
                return bytes
            }
        }
    }

    @Test(arguments: Wreck.allCases)
    func `replaces what is no store, and keeps it`(_ wreck: Wreck) async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        let url = URL(filePath: scene.bench.storePath)
        try scene.bench.intruder().emptyLog()
        let bytes = wreck.bytes(of: try Data(contentsOf: url))
        for end in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: scene.bench.storePath + end)
        }
        try bytes.write(to: url)
        let store: any BackupStore = try DamagedStore(path: scene.bench.storePath)
        let plan = try await scene.plan(over: store)
        #expect(plan.log == .dropped)
        #expect(plan.present == nil)
        #expect(plan.uncheckedScopes == [ScopeID("default")])
        #expect(await code { try await scene.restore(plan, over: store) } == .oldStoreNeeded)
        #expect(try Data(contentsOf: url) == bytes)
        try await scene.restore(plan, over: store, keepingOldAs: scene.old)
        #expect(try Data(contentsOf: URL(filePath: scene.old)) == bytes)
        try await scene.expectCard(in: scene.bench.opened().scope("default"))
    }

    @Test func `keeps a write-ahead log that belongs to it`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        let log = Data(repeating: 7, count: 5_000)
        for (end, bytes) in [("", Data([1, 2, 3])), ("-wal", log)] {
            try bytes.write(to: URL(filePath: scene.bench.storePath + end))
        }
        let store = try DamagedStore(path: scene.bench.storePath)
        try await scene.restore(scene.plan(over: store), over: store, keepingOldAs: scene.old)
        #expect(try Data(contentsOf: URL(filePath: scene.old)) == Data([1, 2, 3]))
        #expect(try Data(contentsOf: URL(filePath: scene.old + "-wal")) == log)
        try await scene.expectCard(in: scene.bench.opened().scope("default"))
    }

    /// The log can be checked, and how many cards are lost cannot be told.
    @Test func `keeps it where only its cards cannot be read`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        try scene.bench.tamper("DROP TABLE cards")
        let plan = try await scene.plan()
        #expect(plan.log == .kept && plan.present == nil && plan.needsOldStore)
        #expect(await code { try await scene.restore(plan) } == .oldStoreNeeded)
        try await scene.expectCard(in: scene.restored(keepingOldAs: scene.old))
    }

    @Test func `drops no log of a store that is lost`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        #expect(try await scene.plan().log == .kept)
        try scene.loseStore()
        _ = try SQLiteStore.create(path: scene.bench.storePath)
        #expect(try await scene.plan().log == RestorePlan.Log.none)
    }

    @Test func `says of which scopes the keys cannot be checked`() async throws {
        let scene = try await BackupScene()
        _ = try await scene.bench.scope("acme")
        try await scene.backUp()
        try scene.bench.tamper("UPDATE key_sets SET code = zeroblob(32) WHERE scope = 'acme'")
        let plan = try await scene.plan()
        #expect(plan.uncheckedScopes == [ScopeID("acme")])
        #expect(plan.log == .kept)
        try await scene.restore(plan)
        _ = try await scene.bench.opened().scope("acme").tokenize(PAN(Cards.amex))
    }

    /// The scope as it was before a compromise, by somebody who knows a seal key.
    @Test func `does not believe the keys of a scope under a compromised seal key`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        let vault = scene.bench.vault
        let forger = try vault.primarySealKey()
        let old = try await vault.sealing(.data).key.id
        let before = try await vault.stored(scene.scope.id)
        try await vault.compromise(old)
        try await vault.compromise(forger.key.id)
        let epoch = try await vault.stored(scene.scope.id).epoch
        try await scene.forge(before.keys, of: before.scope, after: epoch, by: forger)
        #expect(try await scene.bench.opened().damagedScopes() == [scene.scope.id])
        #expect(try await scene.plan().uncheckedScopes == [scene.scope.id])
    }

    /// They say that an audit key is to be destroyed which the log needs.
    @Test func `does not believe the vault's own keys under a compromised seal key`()
        async throws
    {
        let scene = try await BackupScene()
        let vault = scene.bench.vault
        let victim = try #require(try await vault.rotated(.audit).old)
        try await scene.backUp()
        let forger = try vault.primarySealKey()
        try await vault.compromise(forger.key.id)
        let own = try await vault.stored(ScopeID?.none)
        let keys = own.keys.map { row in
            StoredKey(
                number: row.number, key: row.key,
                fence: row.key.id == victim ? .closing : row.fence, wrapping: row.wrapping)
        }
        try await scene.forge(keys, of: nil, after: own.epoch, by: forger)
        #expect(await code { try await scene.bench.opened() } == .integrity)
        let plan = try await scene.plan()
        #expect(plan.log == .dropped && plan.needsOldStore)
        try await scene.restore(plan, keepingOldAs: scene.old)
        let after = try await scene.bench.opened()
        try await after.rotated(.data)
        #expect(after.keyring.current().key(victim)?.state == .deactivated)
        let verdict = try await AuditLog(keyring: after.keyring, store: scene.store).verify()
        #expect(verdict.fault == nil)
    }

    @Test(arguments: ["UPDATE pin SET code = zeroblob(32)", "DELETE FROM pin"])
    func `keeps it where it does not tell which keyrings are too old`(_ sql: String) async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        try scene.bench.copyKeyring(to: "old.json")
        let old = try scene.bench.unlocked("old.json")
        let hold = try #require(scene.bench.keyring.current().primary(.hold)).id
        try await scene.bench.vault.compromise(hold)
        #expect(try await scene.plan(old).isKeyringChecked)
        #expect(await code { try await scene.restore(scene.plan(old), old) } == .keyringOlder)
        try scene.bench.tamper(sql)
        let plan = try await scene.plan(old)
        #expect(plan.log == .kept && !plan.isKeyringChecked && !plan.isLossUnknown)
        #expect(await code { try await scene.restore(plan, old) } == .oldStoreNeeded)
        try await scene.restore(scene.plan(), keepingOldAs: scene.old)
        try await scene.expectCard(in: scene.bench.opened().scope("default"))
    }

    /// What was put into a set before its scope was shredded stays in it.
    @Test(
        arguments: [
            "UPDATE keys SET key_set = ACME WHERE id = X'DATA'",
            """
            INSERT INTO keys SELECT 9223372036854775807, ACME, randomblob(32), 'data', 1, 99,
            'open-only', 'active', dates, NULL, NULL FROM keys LIMIT 1
            """,
        ])
    func `goes on over rows in the set of a shredded scope`(_ alteration: String) async throws {
        let scene = try await BackupScene()
        let data = try await scene.bench.vault.sealing(.data).key.id
        try await scene.backUp()
        let acme = try await scene.bench.scope("acme").id
        try scene.bench.tamper(
            alteration
                .replacing("ACME", with: "(SELECT number FROM key_sets WHERE scope = 'acme')")
                .replacing("DATA", with: hex(data.bytes)))
        try await scene.bench.opened().shred(acme)
        try await scene.expectCard(in: scene.restored(keepingOldAs: scene.old))
        try await scene.bench.opened().rotated(.data)
    }
}

extension BackupScene {
    /// Stores a key set with a code of somebody who knows a seal key.
    fileprivate func forge(
        _ keys: [StoredKey], of scope: ScopeID?, after epoch: UInt64, by forger: SealKeyEntry
    ) async throws {
        let forged = KeySet(
            scope: scope, epoch: epoch + 1, keys: keys, vault: bench.vault.id,
            sealedBy: forger.key)
        try await bench.store.write { transaction throws(StoreError) in
            try transaction.put(forged)
        }
    }
}
