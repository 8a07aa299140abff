// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import CardVault
internal import CardVaultSQLite
internal import Foundation
internal import TestSupport
internal import Testing

/// A vault with one card, its backup, and what becomes of it.
struct BackupScene {
    let bench: Bench
    let scope: Scope
    let card: Card
    var folder: String { "\(bench.folder)/backup" }
    var old: String { "\(bench.folder)/old.db" }
    var store: any BackupStore { get throws { try SQLiteStore(path: bench.storePath) } }

    init() async throws {
        bench = try await Bench()
        scope = try await bench.scope()
        card = try await scope.tokenize(PAN(Cards.visa))
    }

    func backUp() async throws { _ = try await bench.vault.backUp(to: folder) }

    func plan(
        _ keyring: KeyringFile? = nil, of folder: String? = nil,
        over store: (any BackupStore)? = nil, at moment: Timestamp = .now()
    ) async throws -> RestorePlan {
        try await Vault.planRestore(
            of: folder ?? self.folder, with: keyring ?? bench.keyring, over: store ?? self.store,
            through: "\(bench.folder)/restoring", at: moment)
    }

    func restore(
        _ plan: RestorePlan, _ keyring: KeyringFile? = nil, over store: (any BackupStore)? = nil,
        keepingOldAs old: String? = nil
    ) async throws {
        try await Vault.restore(
            plan, with: keyring ?? bench.keyring, over: store ?? self.store, keepingOldAs: old)
    }

    /// Restores, and opens the scope of the vault that there is then.
    func restored(keepingOldAs old: String? = nil) async throws -> Scope {
        try await restore(plan(), keepingOldAs: old)
        return try await bench.opened().scope("default")
    }

    /// Takes the store away, as if its disk was lost.
    func loseStore() throws {
        for end in ["", "-wal", "-shm"] {
            try FileManager.default.removeItem(atPath: bench.storePath + end)
        }
    }

    /// Whether the card can be had back.
    func expectCard(in scope: Scope) async throws {
        #expect(digits(try await scope.detokenize(card.token, purpose: "test")) == Cards.visa)
    }
}

/// A store that others use just before a backup takes its place.
struct BusyStore: BackupStore {
    typealias Copy = SQLiteStore

    let base: SQLiteStore
    let use: @Sendable () async -> Void

    var isEphemeral: Bool { false }

    func card(_ token: Token) async throws(StoreError) -> CardRecord? {
        try await base.card(token)
    }

    func read<R: Sendable>(
        _ body: (any StoreReader) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try await base.read(body)
    }

    func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try await base.write(body)
    }

    static func open(copy path: String) throws(StoreError) -> SQLiteStore {
        try SQLiteStore.open(copy: path)
    }

    static func remove(copy path: String) throws(StoreError) {
        try SQLiteStore.remove(copy: path)
    }

    func copy(to path: String) async throws(StoreError) { try await base.copy(to: path) }

    func replace(
        with path: String, keepingOldAs old: String?,
        finishing finish: ((any StoreReader)?, any StoreTransaction) throws(StoreError) -> Void
    ) async throws(StoreError) {
        await use()
        try await base.replace(with: path, keepingOldAs: old, finishing: finish)
    }
}
