// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Backup") struct BackupTests {
    @Test func `says what is in it, and is registered`() async throws {
        let scene = try await BackupScene()
        let manifest = try await scene.bench.vault.backUp(to: scene.folder)
        #expect(manifest.counts.cards == 1)
        #expect(manifest.counts.holds == 0)
        #expect(manifest.record.keys.count == 4)
        let records = try await scene.bench.vault.backupList()
        #expect(records == [manifest.record])
        let plan = try await scene.plan()
        #expect(plan.manifest == manifest)
        #expect(plan.lostCardCount == 0)
        #expect(plan.deadScopes == [])
    }

    @Test func `gives the cards back, and loses those stored since`() async throws {
        let scene = try await BackupScene()
        _ = try await scene.bench.vault.backUp(to: scene.folder)
        let later = try await scene.scope.tokenize(PAN(Cards.amex))
        try await scene.scope.delete(scene.card.token)
        let plan = try await scene.plan()
        #expect(plan.lostCardCount == 1)
        #expect(plan.present?.cards == 1)
        try await scene.restore(plan)
        let vault = try await scene.bench.opened()
        let scope = try await vault.scope("default")
        let pan = try await scope.detokenize(scene.card.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
        #expect(await code { try await scope.describe(later.token) } == .notFound)
        #expect(try await scope.find(PAN(Cards.visa))?.token == scene.card.token)
        #expect(try await scope.tokenize(PAN(Cards.amex)).isNew)
    }

    @Test func `seals under a new key after its restore, and no more under the old one`()
        async throws
    {
        let scene = try await BackupScene()
        _ = try await scene.bench.vault.backUp(to: scene.folder)
        try await scene.restore(scene.plan())
        let vault = try await scene.bench.opened()
        let scope = try await vault.scope("default")
        let old = try await scope.describe(scene.card.token).keyID
        #expect(try await scope.tokenize(PAN(Cards.amex)).keyID != old)
        let listed = try await vault.keyList().first { $0.key.id == old }
        #expect(listed?.key.state == .deactivated)
        #expect(listed?.fence == .openOnly)
    }

    @Test func `keeps the present audit log, with an entry about the restore`() async throws {
        let scene = try await BackupScene()
        _ = try await scene.bench.vault.backUp(to: scene.folder)
        _ = try await scene.scope.detokenize(scene.card.token, purpose: "after the backup")
        let before = try await scene.bench.vault.auditTail(1_000)
        try await scene.restore(scene.plan())
        let vault = try await scene.bench.opened()
        let after = try await vault.auditTail(1_000)
        #expect(after.count >= before.count)
        let restored = after.map(\.entry.event.action)
        #expect(restored.contains(.restore))
        #expect(after.contains { $0.entry.event.purpose == "after the backup" })
        let verdict = try await AuditLog(
            keyring: scene.bench.keyring, store: SQLiteStore(path: scene.bench.storePath)
        ).verify()
        #expect(verdict.fault == nil)
    }

    @Test func `brings no hold back`() async throws {
        let scene = try await BackupScene()
        let track = try Track2(";4111111111111111=30121010000000000000?".utf8.span)
        let handle = try await scene.scope.hold(track, for: .seconds(86_400))
        _ = try await scene.bench.vault.backUp(to: scene.folder)
        try await scene.restore(scene.plan())
        let scope = try await scene.bench.opened().scope("default")
        let refused = await code {
            try await scope.redeem(handle) { (_: borrowing Track2) in }
        }
        #expect(refused == .notFound)
    }

    @Test func `of before a shredding leaves that scope dead, and the others alive`() async throws {
        let scene = try await BackupScene()
        let acme = try await scene.bench.scope("acme")
        let dead = try await acme.tokenize(PAN(Cards.amex))
        _ = try await scene.bench.vault.backUp(to: scene.folder)
        let id = try #require(ScopeID("acme"))
        #expect(try await scene.bench.vault.shred(id).isEmpty)
        let plan = try await scene.plan()
        #expect(plan.deadScopes == [id])
        try await scene.restore(plan)
        let vault = try await scene.bench.opened()
        #expect(await code { try await vault.scope("acme") } == .scopeShredded)
        let scope = try await vault.scope("default")
        #expect(digits(try await scope.detokenize(scene.card.token, purpose: "test")) == Cards.visa)
        #expect(await code { try await scope.describe(dead.token) } == .notFound)
    }

    @Test func `of a store that is lost makes a new one`() async throws {
        let scene = try await BackupScene()
        _ = try await scene.bench.vault.backUp(to: scene.folder)
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: scene.bench.storePath + suffix)
        }
        _ = try SQLiteStore.create(path: scene.bench.storePath)
        let plan = try await scene.plan()
        #expect(plan.present == nil)
        try await scene.restore(plan)
        let scope = try await scene.bench.opened().scope("default")
        #expect(digits(try await scope.detokenize(scene.card.token, purpose: "test")) == Cards.visa)
    }

    @Test(arguments: ["manifest", "cards.db"])
    func `with any byte altered is refused, and nothing is changed`(_ name: String) async throws {
        let scene = try await BackupScene()
        _ = try await scene.bench.vault.backUp(to: scene.folder)
        let url = URL(filePath: "\(scene.folder)/\(name)")
        let whole = try Data(contentsOf: url)
        for index in stride(from: 0, to: whole.count, by: max(1, whole.count / 97)) {
            var altered = whole
            altered[index] ^= 1
            try altered.write(to: url)
            let refused = await code { try await scene.plan() }
            #expect([.backupRefused, .otherVault].contains(refused), "byte \(index)")
        }
        try whole.dropLast().write(to: url)
        #expect(await code { try await scene.plan() } == .backupRefused)
        try FileManager.default.removeItem(at: url)
        #expect(await code { try await scene.plan() } == .backupRefused)
        try whole.write(to: url)
        _ = try await scene.plan()
    }

    /// Whoever opens a pipe waits until somebody writes it.
    @Test(arguments: ["manifest", "cards.db"])
    func `with a pipe or a link for a file is refused`(_ name: String) async throws {
        let scene = try await BackupScene()
        _ = try await scene.bench.vault.backUp(to: scene.folder)
        let (path, other) = ("\(scene.folder)/\(name)", "\(scene.folder)/other")
        try FileManager.default.moveItem(atPath: path, toPath: other)
        let made = unsafe mkfifo(path, 0o600)
        #expect(made == 0)
        #expect(await code { try await scene.plan() } == .backupFile)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: other)
        #expect(await code { try await scene.plan() } == .backupFile)
    }

    @Test func `goes to a new folder only, and of a store in memory nowhere`() async throws {
        let scene = try await BackupScene()
        _ = try await scene.bench.vault.backUp(to: scene.folder)
        #expect(
            await code { try await scene.bench.vault.backUp(to: scene.folder) } == .backupExists)
        let memory = try await Bench(.memory)
        let refused = await code { try await memory.vault.backUp(to: "\(memory.folder)/x") }
        #expect(refused == .noBackups)
    }

    @Test func `is named by the keys whose destruction it dies with`() async throws {
        let scene = try await BackupScene()
        let manifest = try await scene.bench.vault.backUp(to: scene.folder)
        let id = try #require(ScopeID("default"))
        let rotation = try await scene.bench.vault.rotate(.scope, of: id)
        let old = try #require(rotation.old)
        let meaning = try await scene.bench.vault.destruction(of: old)
        #expect(meaning.needs.isEmpty)
        #expect(meaning.backups == [manifest.record])
        try await scene.bench.vault.destroy(old)
        #expect(try await scene.plan().deadScopes == [id])
        try await scene.restore(scene.plan())
        let scope = try await scene.bench.opened().scope("default")
        #expect(await code { try await scope.describe(scene.card.token) } == .notFound)
        #expect(try await scope.tokenize(PAN(Cards.visa)).isNew)
    }
}
