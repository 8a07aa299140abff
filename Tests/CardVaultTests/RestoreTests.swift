// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import TestSupport
internal import Testing

/// What has happened to keys and files between a backup and its restore.
@Suite("Restore") struct RestoreTests {
    private let id = ScopeID("default")

    @Test(arguments: [KeyPurpose.data, .fingerprint])
    func `brings back no key better than it is now`(_ purpose: KeyPurpose) async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        let vault = scene.bench.vault
        let old = try await vault.sealing(purpose).key.id
        try await vault.compromise(old)
        let dates = try await vault.stored(old).key.dates
        let scope = try await scene.restored()
        let after = try await scope.vault.stored(old)
        #expect(after.key.state == .compromised)
        #expect(after.key.dates == dates)
        #expect(after.fence == (purpose == .data ? .openOnly : .sealing))
        try await scene.expectCard(in: scope)
        #expect(try await scope.tokenize(PAN(Cards.visa)).token == scene.card.token)
        #expect(try await scope.vault.sealing(purpose).key.id != old)
        try await scope.vault.resealed()
        #expect(try await scope.vault.stored(old).fence == .openOnly)
        #expect(try await scope.vault.destruction(of: old).needs.isEmpty)
    }

    @Test func `leaves a destroyed key destroyed, and says what is lost with it`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        let vault = scene.bench.vault
        let old = try #require(try await vault.rotated(.data).old)
        try await vault.resealed()
        try await vault.destroy(old)
        let plan = try await scene.plan()
        #expect(plan.lostKeys.map(\.key.id) == [old])
        #expect(plan.lostKeys.map(\.needs.recordCount) == [1])
        #expect(plan.deadScopes.isEmpty)
        let scope = try await scene.restored()
        let after = try await scope.vault.stored(old)
        #expect(after.key.state == .destroyed && after.wrapping == nil && after.fence == .closed)
        #expect(await code { try await scope.detokenize(scene.card.token, purpose: "x") } != nil)
        _ = try await scope.tokenize(PAN(Cards.amex))
    }

    @Test func `says which search rows are lost with a destroyed key`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        let vault = scene.bench.vault
        let old = try #require(try await vault.rotated(.fingerprint).old)
        try await vault.resealed()
        try await vault.destroy(old)
        #expect(try await scene.plan().lostKeys.map(\.needs.fingerprintCount) == [1])
        let scope = try await scene.restored()
        try await scope.vault.resealed()
        #expect(try await scope.find(PAN(Cards.visa))?.token == scene.card.token)
    }

    /// Its successor has no rows of the cards of the backup.
    @Test func `finds by a search key that only ended, until all is indexed`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        let vault = scene.bench.vault
        let old = try #require(try await vault.rotated(.fingerprint).old)
        try await vault.resealed()
        #expect(try await vault.stored(old).fence == .openOnly)
        let scope = try await scene.restored()
        #expect(try await scope.tokenize(PAN(Cards.visa)).token == scene.card.token)
        #expect(try await scope.vault.sealing(.fingerprint).key.id != old)
        try await scope.vault.resealed()
        #expect(try await scope.vault.stored(old).fence == .openOnly)
        #expect(try await scope.tokenize(PAN(Cards.visa)).token == scene.card.token)
    }

    @Test func `gives a scope that was added since its keys back`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        let token = try await scene.bench.scope("acme").tokenize(PAN(Cards.amex)).token
        #expect(try await scene.plan().lostCardCount == 1)
        let vault = try await scene.restored().vault
        let acme = try await vault.scope("acme")
        #expect(await code { try await acme.describe(token) } == .notFound)
        let card = try await acme.tokenize(PAN(Cards.amex))
        #expect(digits(try await acme.detokenize(card.token, purpose: "test")) == Cards.amex)
        try await scene.expectCard(in: vault.scope("default"))
    }

    @Test func `loses nothing of a scope whose key is suspended`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        let key = try await scene.bench.vault.sealing(.scope).key.id
        try await scene.bench.vault.suspend(key)
        #expect(try await scene.plan().deadScopes.isEmpty)
        let scope = try await scene.restored()
        try await scene.expectCard(in: scope)
        #expect(await code { try await scope.tokenize(PAN(Cards.amex)) } == .noSealingKey)
        try await scope.vault.resume(key)
        _ = try await scope.vault.rotated(.data)
        _ = try await scope.vault.scope("default").tokenize(PAN(Cards.amex))
    }

    /// The keyring comes from an export that has neither the audit key of the backup nor a later.
    @Test func `goes on under a new audit key where the old one is lost`() async throws {
        let scene = try await BackupScene()
        _ = try await scene.bench.vault.exportKeyring(to: "\(scene.bench.folder)/export.json")
        let lost = try await scene.bench.vault.rotated(.audit).new
        try await scene.backUp()
        let vault = try await Vault.restoreKeyring(
            scene.bench.unlocked("export.json"), to: KeyringPath(scene.bench.keyring.path),
            with: SQLiteStore(path: scene.bench.storePath), confirming: [lost]
        ) { rotation throws(KeyringError) in
            _ = try? rotation.keep(Passphrase(TestCustodian.secret.utf8.span))
        }
        let keyring = try scene.bench.unlocked()
        #expect(keyring.current().key(lost)?.state == .destroyed)
        let plan = try await scene.plan(keyring)
        #expect(plan.log == .dropped)
        try await scene.restore(plan, keyring, keepingOldAs: scene.old)
        let scope = try await scene.bench.opened().scope("default")
        try await scene.expectCard(in: scope)
        let actions = try await scope.vault.auditTail(100).map(\.entry.event.action)
        #expect(actions.contains(.restore) && actions.contains(.detokenize))
        _ = vault
    }

    /// Keys that were made since the first backup have numbers in the second.
    @Test func `goes back to a backup, and forward to a later one`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        for _ in 0..<3 {
            try await scene.bench.vault.rotated(.data)
            try await scene.bench.vault.resealed()
        }
        let later = try await scene.scope.tokenize(PAN(Cards.amex)).token
        let folder = "\(scene.bench.folder)/later"
        _ = try await scene.bench.vault.backUp(to: folder)
        let back = try await scene.restored().vault
        for purpose in [KeyPurpose.audit, .hold, .seal] { try await back.rotated(purpose) }
        let keyring = try scene.bench.unlocked()
        let plan = try await Vault.planRestore(
            of: folder, with: keyring, over: scene.store, through: "\(folder).restoring")
        try await scene.restore(plan, keyring)
        let scope = try await scene.bench.opened().scope("default")
        try await scene.expectCard(in: scope)
        #expect(digits(try await scope.detokenize(later, purpose: "test")) == Cards.amex)
        let verdict = try await AuditLog(keyring: keyring, store: scene.store).verify()
        #expect(verdict.fault == nil)
    }

    /// The two histories of the vault give the same numbers to different keys.
    @Test(arguments: ["seal data", "data seal", "data hold", "data audit"])
    func `goes back over a lost store, and forward to a later backup`(
        _ purposes: String
    ) async throws {
        let rotated = purposes.split(separator: " ").compactMap { KeyPurpose(rawValue: "\($0)") }
        let scene = try await BackupScene()
        try await scene.backUp()
        for purpose in rotated { try await scene.bench.vault.rotated(purpose) }
        let later = try await scene.scope.tokenize(PAN(Cards.amex)).token
        let folder = "\(scene.bench.folder)/later"
        _ = try await scene.bench.vault.backUp(to: folder)
        try scene.loseStore()
        _ = try SQLiteStore.create(path: scene.bench.storePath)
        _ = try await scene.restored().tokenize(PAN(Cards.mastercard))
        try await scene.restore(scene.plan(of: folder))
        let scope = try await scene.bench.opened().scope("default")
        try await scene.expectCard(in: scope)
        #expect(digits(try await scope.detokenize(later, purpose: "test")) == Cards.amex)
        let verdict = try await AuditLog(keyring: scene.bench.keyring, store: scene.store).verify()
        #expect(verdict.fault == nil)
    }

    /// Somebody copied a file where `restore` was the way.
    @Test func `drops a log that names other keys than the backup by its numbers`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        try await scene.bench.vault.rotated(.data)
        let folder = "\(scene.bench.folder)/later"
        _ = try await scene.bench.vault.backUp(to: folder)
        try scene.loseStore()
        try FileManager.default.copyItem(
            atPath: "\(scene.folder)/cards.db", toPath: scene.bench.storePath)
        let copied = try await scene.bench.opened()
        try await copied.rotated(.audit)
        let plan = try await scene.plan(copied.keyring, of: folder)
        #expect(plan.log == .dropped)
        try await scene.restore(plan, copied.keyring, keepingOldAs: scene.old)
        try await scene.expectCard(in: scene.bench.opened().scope("default"))
        let verdict = try await AuditLog(keyring: copied.keyring, store: scene.store).verify()
        #expect(verdict.fault == nil)
    }

    @Test func `counts as lost the cards that are over in the backup alone`() async throws {
        let scene = try await BackupScene()
        let (start, day) = (Timestamp.now().milliseconds, UInt64(86_400_000))
        let ended = try await scene.scope.tokenize(PAN(Cards.amex), for: .seconds(86_400)).token
        _ = try await scene.scope.tokenize(PAN(Cards.mastercard), for: .seconds(86_400))
        try await scene.backUp()
        _ = try await scene.scope.extend(ended, until: moment(start + 9 * day))
        #expect(try await scene.plan().lostCardCount == 0)
        #expect(try await scene.plan(at: moment(start + 10 * day)).lostCardCount == 0)
        let plan = try await scene.plan(at: moment(start + 3 * day))
        #expect(plan.lostCardCount == 1)
        try await scene.restore(plan)
    }

    @Test func `refuses a keyring that was rolled back`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        try scene.bench.copyKeyring(to: "other.json")
        try await scene.bench.vault.compromise(scene.bench.vault.sealing(.hold).key.id)
        try await expectRefusal(
            .keyringOlder, of: scene.bench.unlocked("other.json"), in: scene)
    }

    @Test func `refuses a keyring that grew apart from the present one`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        try scene.bench.copyKeyring(to: "other.json")
        let other = try scene.bench.unlocked("other.json")
        try await scene.bench.vault.rotated(.hold)
        while other.current().generation < scene.bench.keyring.current().generation {
            var edit = try other.edit(under: other.lock(), at: .now())
            _ = try edit.addKey(.hold)
            try edit.write()
        }
        try await expectRefusal(.keyringForked, of: other, in: scene)
    }

    private func expectRefusal(
        _ expected: VaultError.Code, of keyring: KeyringFile, in scene: BackupScene
    ) async throws {
        let store = try Data(contentsOf: URL(filePath: scene.bench.storePath))
        let refused = await code { try await scene.restore(scene.plan(keyring), keyring) }
        #expect(refused == expected)
        #expect(try Data(contentsOf: URL(filePath: scene.bench.storePath)) == store)
        try await scene.expectCard(in: scene.scope)
    }

    @Test func `only reads the backup`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        let manager = FileManager.default
        let paths = ["", "/manifest", "/cards.db"].map { scene.folder + $0 }
        for path in paths.dropFirst() {
            try manager.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
        }
        try manager.setAttributes([.posixPermissions: 0o500], ofItemAtPath: scene.folder)
        let state = {
            try paths.map {
                let attributes = try manager.attributesOfItem(atPath: $0)
                let bytes = $0 == scene.folder ? nil : try Data(contentsOf: URL(filePath: $0))
                return "\(attributes[.modificationDate] ?? "") \(bytes?.hashValue ?? 0)"
            }
        }
        let before = try state()
        try await scene.expectCard(in: scene.restored())
        #expect(try state() == before)
        #expect(
            try manager.contentsOfDirectory(atPath: scene.folder).sorted()
                == ["cards.db", "manifest"])
        try manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: scene.folder)
    }

    /// SQLite would play it back into the next file of that name.
    @Test func `plays back no journal of a restore before it`() async throws {
        let scene = try await BackupScene()
        try await scene.backUp()
        let plan = try await scene.plan()
        let path = "\(scene.bench.folder)/restoring"
        try FileManager.default.copyItem(atPath: "\(scene.folder)/cards.db", toPath: path)
        do {
            let connection = try SQLiteConnection(path: path, patience: .seconds(1))
            try connection.execute("UPDATE cards SET box = zeroblob(50)")
            // More than the cache holds, so that the journal is on the disk.
            try connection.execute(
                """
                PRAGMA cache_size = 1; BEGIN; UPDATE cards SET box = zeroblob(49);
                CREATE TABLE other (bytes); INSERT INTO other SELECT zeroblob(4000) FROM
                  (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
                   SELECT i FROM n);
                """)
            try FileManager.default.copyItem(
                atPath: "\(path)-journal", toPath: "\(path)-journal.copy")
        }
        try FileManager.default.moveItem(
            atPath: "\(path)-journal.copy", toPath: "\(path)-journal")
        try await scene.restore(plan)
        try await scene.expectCard(in: scene.bench.opened().scope("default"))
    }
}
