// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import Logging
internal import Testing

/// The stores that a vault is tested on.
enum StoreKind: String, CaseIterable, Sendable {
    case memory, sqlite
}

/// A new vault with the scope `default`, in a folder of its own that goes when this is dropped.
///
/// Hold it in the test: a vault alone does not keep the folder. Vaults of tests have one root key
/// and one identity, but for those of a stranger.
final class Bench: Sendable {
    /// Tests share the machine: no answer of theirs is late.
    static let patience = Duration.seconds(3_600)

    static let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let folder: String
    let keyring: KeyringFile
    let store: any VaultStore
    let vault: Vault

    init(
        _ kind: StoreKind = .sqlite, binDigitCount: Int = 6, isStranger: Bool = false,
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) async throws {
        folder =
            FileManager.default.temporaryDirectory
            .appending(path: "card-vault-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        let draft = isStranger ? TestCustodian.newVault : TestCustodian.draft
        keyring = try draft("\(folder)/keyring.json", binDigitCount, now())
        store =
            switch kind {
            case .memory: MemoryStore()
            case .sqlite: try SQLiteStore.create(path: "\(folder)/cards.db")
            }
        try await Vault.initialize(keyring, store: store)
        vault = try await Vault(
            keyring: keyring, store: store, patience: Bench.patience, logger: Self.silence,
            now: now)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Where the store is.
    var storePath: String { "\(folder)/cards.db" }

    /// The keyring as another process reads it.
    func unlocked(_ name: String = "keyring.json") throws -> KeyringFile {
        try TestCustodian.unlock("\(folder)/\(name)")
    }

    /// A copy of the keyring file as it is now.
    func copyKeyring(to name: String) throws {
        try FileManager.default.copyItem(
            atPath: keyring.path, toPath: "\(folder)/\(name)")
    }

    /// The vault as another process sees it: with a keyring, and on SQLite a store, of its own.
    func opened() async throws -> Vault {
        let store = store.isEphemeral ? store : try SQLiteStore(path: storePath)
        return try await Vault(
            keyring: unlocked(), store: store, patience: Bench.patience, logger: Self.silence)
    }

    /// A scope, made when there is none.
    func scope(_ name: String = "default") async throws -> Scope {
        let id = try #require(ScopeID(name))
        if keyring.current().scope(id) == nil { try await vault.addScope(id) }
        return try await vault.scope(name)
    }
}

/// One vault in memory, and its scope, for tests that do not meet in it.
struct SharedBench: Sendable {
    let bench: Bench
    let scope: Scope

    static let memory = Task {
        let bench = try await Bench(.memory)
        return SharedBench(bench: bench, scope: try await bench.scope())
    }
}

/// Why `body` was refused; nil when it was not.
func refusal<R: ~Copyable>(_ body: () async throws -> R) async -> VaultError? {
    do {
        _ = try await body()
        return nil
    } catch let error as VaultError {
        return error
    } catch {
        Issue.record(error)
        return nil
    }
}

/// The kind of failure with which `body` was refused; nil when it was not.
func code<R: ~Copyable>(_ body: () async throws -> R) async -> VaultError.Code? {
    await refusal(body)?.code
}

/// What a store said when it refused `body`; nil when it did not.
func storeRefusal<R: Sendable>(_ body: () async throws -> R) async -> StoreError? {
    do {
        _ = try await body()
        return nil
    } catch let error as StoreError {
        return error
    } catch {
        Issue.record(error)
        return nil
    }
}

func moment(_ milliseconds: UInt64) throws -> Timestamp {
    try #require(Timestamp(milliseconds: milliseconds))
}
