// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Keyring restore") struct KeyringRestoreTests {
    private struct Scene {
        let bench: Bench
        let scope: Scope
        let card: Card
        let id: ScopeID
        var path: String { "\(bench.folder)/export.json" }

        init() async throws {
            bench = try await Bench()
            scope = try await bench.scope()
            card = try await scope.tokenize(PAN(Cards.visa))
            id = try #require(ScopeID("default"))
        }

        func export() throws -> KeyringFile { try bench.unlocked("export.json") }

        func restore(
            _ lost: Set<KeyID> = [], shredding scopes: Set<ScopeID> = []
        ) async throws -> Vault {
            try await Vault.restoreKeyring(
                export(), to: KeyringPath(bench.keyring.path),
                with: SQLiteStore(path: bench.storePath), confirming: lost, shredding: scopes
            ) { rotation throws(KeyringError) in
                _ = try? rotation.keep(Passphrase(TestCustodian.secret.utf8.span))
            }
        }
    }

    @Test func `of the latest export loses nothing, and refuses every older keyring`() async throws
    {
        let scene = try await Scene()
        let copy = try await scene.bench.vault.exportKeyring(to: scene.path)
        #expect(scene.bench.vault.keyringCopies == [copy])
        let before = scene.bench.keyring.current().generation
        let vault = try await scene.restore()
        #expect(vault.keyring.current().generation > before)
        let scope = try await vault.scope("default")
        #expect(digits(try await scope.detokenize(scene.card.token, purpose: "test")) == Cards.visa)
        let old = try scene.export()
        let refused = await code {
            try await Vault(
                keyring: old, store: SQLiteStore(path: scene.bench.storePath),
                patience: Bench.patience)
        }
        #expect(refused == .keyringOlder)
    }

    /// As it could be after the shredding of an altered set by an earlier release.
    @Test func `keeps a key that is closed in the set of another scope`() async throws {
        let scene = try await Scene()
        let acme = try await scene.bench.scope("acme").id
        let vault = scene.bench.vault
        _ = try await vault.exportKeyring(to: scene.path)
        let key = try await vault.sealing(.scope).key
        let keys = try await vault.stored(acme).keys.map { row in
            guard row.key.purpose == .scope else { return row }
            return StoredKey(number: row.number, key: key, fence: .closed, wrapping: nil)
        }
        try scene.bench.dropKeyRules()
        try await vault.put(keys, of: acme)
        let loss = try await Vault.loss(
            restoring: scene.export(), with: SQLiteStore(path: scene.bench.storePath))
        #expect(loss.closed.isEmpty)
    }

    @Test func `names what it lacks, and goes on when that is confirmed`() async throws {
        let scene = try await Scene()
        _ = try await scene.bench.vault.exportKeyring(to: scene.path)
        let new = try await scene.bench.vault.rotate(.scope, of: scene.id).new
        let loss = try await Vault.loss(
            restoring: scene.export(), with: SQLiteStore(path: scene.bench.storePath))
        #expect(loss.lost.map(\.id) == [new])
        let before = try Data(contentsOf: URL(filePath: scene.bench.keyring.path))
        #expect(await code { try await scene.restore() } == .keyNeeded)
        #expect(try Data(contentsOf: URL(filePath: scene.bench.keyring.path)) == before)
        let vault = try await scene.restore([new])
        _ = try await vault.rotate(.data, of: scene.id)
        _ = try await vault.rotate(.fingerprint, of: scene.id)
        let scope = try await vault.scope("default")
        #expect(await code { try await scope.describe(scene.card.token) } == .notFound)
        #expect(try await scope.tokenize(PAN(Cards.visa)).isNew)
    }

    @Test func `brings no shredded scope back`() async throws {
        let scene = try await Scene()
        let acme = try await scene.bench.scope("acme")
        _ = try await acme.tokenize(PAN(Cards.amex))
        _ = try await scene.bench.vault.exportKeyring(to: scene.path)
        let id = try #require(ScopeID("acme"))
        #expect(try await scene.bench.vault.shred(id).count == 1)
        let vault = try await scene.restore()
        #expect(await code { try await vault.scope("acme") } == .scopeShredded)
        let state = vault.keyring.current().keys.filter { $0.scope == id }.map(\.state)
        #expect(state == [.destroyed])
    }

    @Test func `shreds no scope unasked of which somebody removed the keys`() async throws {
        let scene = try await Scene()
        let acme = try await scene.bench.scope("acme").id
        _ = try await scene.bench.vault.exportKeyring(to: scene.path)
        try scene.bench.tamper("DELETE FROM key_sets WHERE scope = 'acme'")
        let loss = try await Vault.loss(
            restoring: scene.export(), with: SQLiteStore(path: scene.bench.storePath))
        #expect(loss.unknownScopes == [acme])
        #expect(
            await refusal { try await scene.restore() }
                == VaultError(.keyNeeded, subject: "scope acme"))
        #expect(try scene.bench.unlocked().current().scope(acme)?.shreddedAt == nil)
        let vault = try await scene.restore(shredding: [acme])
        #expect(vault.keyring.current().scope(acme)?.shreddedAt != nil)
    }

    @Test func `with a wrong secret changes nothing`() async throws {
        let scene = try await Scene()
        _ = try await scene.bench.vault.exportKeyring(to: scene.path)
        let before = try Data(contentsOf: URL(filePath: scene.bench.keyring.path))
        let refused = await code {
            try await Vault.restoreKeyring(
                scene.export(), to: KeyringPath(scene.bench.keyring.path),
                with: SQLiteStore(path: scene.bench.storePath)
            ) { _ throws(KeyringError) in }
        }
        #expect(refused == .slotsRefused)
        #expect(try Data(contentsOf: URL(filePath: scene.bench.keyring.path)) == before)
    }

    /// Its new keys waited when it was made, and are in use since.
    @Test func `of an export from before an activation loses nothing`() async throws {
        let scene = try await Scene()
        let waiting = try await scene.bench.vault.rotatedRoot(renewingAll: true).waiting
        _ = try await scene.bench.vault.exportKeyring(to: scene.path)
        #expect(try await Set(scene.bench.vault.activateKeys()) == Set(waiting))
        let later = try await scene.bench.scope().tokenize(PAN(Cards.amex))
        let loss = try await Vault.loss(
            restoring: scene.export(), with: SQLiteStore(path: scene.bench.storePath))
        #expect(loss.lost.isEmpty && loss.closed.isEmpty)
        let vault = try await scene.restore()
        let states = waiting.compactMap { vault.keyring.current().key($0)?.state }
        #expect(states == waiting.map { _ in .active })
        let scope = try await vault.scope("default")
        #expect(digits(try await scope.detokenize(scene.card.token, purpose: "test")) == Cards.visa)
        #expect(digits(try await scope.detokenize(later.token, purpose: "test")) == Cards.amex)
        #expect(try await scope.tokenize(PAN(Cards.visa)).isNew == false)
    }
}
