// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import CardVault
internal import CardVaultSQLite
internal import Foundation
internal import TestSupport
internal import Testing

/// Others use the store that a backup is about to replace.
@Suite("Restore of a store in use") struct RestoreInUseTests {
    /// What others do meanwhile.
    enum Deed: CaseIterable, Sendable {
        case store, delete, exchange

        func run(in scope: Scope, _ token: Token) async throws {
            if self != .store { try await scope.delete(token) }
            if self != .delete { _ = try await scope.tokenize(PAN(Cards.amex)) }
        }
    }

    private func scene() async throws -> (BackupScene, later: Token) {
        let scene = try await BackupScene()
        try await scene.backUp()
        return (scene, try await scene.scope.tokenize(PAN(Cards.mastercard)).token)
    }

    @Test func `carries over what is put on record until the last step`() async throws {
        let (scene, _) = try await scene()
        let store = BusyStore(base: try SQLiteStore(path: scene.bench.storePath)) {
            for number in 0..<3 {
                _ = try? await scene.scope.detokenize(scene.card.token, purpose: "late \(number)")
            }
        }
        try await scene.restore(scene.plan(), over: store)
        let tail = try await scene.bench.opened().auditTail(1_000)
        let purposes = tail.compactMap(\.entry.event.purpose)
        #expect(purposes.filter { $0.hasPrefix("late") } == ["late 0", "late 1", "late 2"])
        let verdict = try await AuditLog(keyring: scene.bench.keyring, store: scene.store).verify()
        #expect(verdict.fault == nil && verdict.isComplete)
    }

    @Test(arguments: Deed.allCases)
    func `replaces nothing when cards change before the last step`(_ deed: Deed) async throws {
        let (scene, later) = try await scene()
        let store = BusyStore(base: try SQLiteStore(path: scene.bench.storePath)) {
            await #expect(throws: Never.self) { try await deed.run(in: scene.scope, later) }
        }
        let plan = try await scene.plan()
        #expect(await code { try await scene.restore(plan, over: store) } == .storeInUse)
        try await expectUnreplaced(scene, deed)
    }

    @Test(arguments: Deed.allCases)
    func `replaces nothing when cards change after the plan`(_ deed: Deed) async throws {
        let (scene, later) = try await scene()
        let plan = try await scene.plan()
        try await deed.run(in: scene.scope, later)
        #expect(await code { try await scene.restore(plan) } == .storeInUse)
        try await expectUnreplaced(scene, deed)
        try await scene.expectCard(in: scene.restored())
    }

    /// They make their copies in one place.
    @Test func `is planned by three at a time`() async throws {
        let (scene, _) = try await scene()
        try await withThrowingTaskGroup { group in
            for _ in 0..<3 {
                group.addTask { try await scene.plan().lostCardCount }
            }
            for try await count in group { #expect(count == 1) }
        }
    }

    private func expectUnreplaced(_ scene: BackupScene, _ deed: Deed) async throws {
        if deed != .delete { #expect(try await scene.scope.find(PAN(Cards.amex)) != nil) }
        let names = try FileManager.default.contentsOfDirectory(atPath: scene.bench.folder)
        #expect(!names.contains { $0.hasPrefix("restoring") })
    }
}
