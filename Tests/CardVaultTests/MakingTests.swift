// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import CardVaultSQLite
internal import Foundation
internal import Synchronization
internal import Testing

@Suite("Initialize, add a scope, open") struct MakingTests {
    @Test func `a store in use is not made anew`() async throws {
        for hasCard in [false, true] {
            let bench = try await Bench()
            if hasCard { _ = try await bench.scope().tokenize(PAN(Cards.visa)) }
            let other = try TestCustodian.newVault(at: "\(bench.folder)/other.json")
            #expect(
                await code { try await Vault.initialize(other, store: bench.store) }
                    == .vaultExists)
            #expect(!FileManager.default.fileExists(atPath: other.path))
            _ = try await bench.opened()
        }
    }

    @Test func `a store with cards and no pin is not made anew`() async throws {
        let bench = try await Bench()
        _ = try await bench.scope().tokenize(PAN(Cards.visa))
        try bench.tamper("DELETE FROM pin")
        let other = try TestCustodian.newVault(at: "\(bench.folder)/other.json")
        #expect(
            await code { try await Vault.initialize(other, store: bench.store) } == .vaultExists)
    }

    @Test func `a keyring file is not written over`() async throws {
        let bench = try await Bench()
        let before = try Data(contentsOf: URL(filePath: bench.keyring.path))
        let store = try SQLiteStore.create(path: "\(bench.folder)/other.db")
        let other = try TestCustodian.newVault(at: bench.keyring.path)
        #expect(await code { try await Vault.initialize(other, store: store) } == .vaultExists)
        #expect(try Data(contentsOf: URL(filePath: bench.keyring.path)) == before)
        #expect(try await store.read { reader throws(StoreError) in try reader.vault() } == nil)
    }

    @Test func `what a crash before the keyring file left is made anew`() async throws {
        let bench = try await Bench()
        let store = try SQLiteStore.create(path: "\(bench.folder)/other.db")
        try await StoreLaws.reset(store)
        let keyring = try TestCustodian.newVault(at: "\(bench.folder)/other.json")
        #expect(
            await code {
                _ = try await Vault(keyring: keyring, store: store, patience: Bench.patience)
            } == .otherVault)
        try await Vault.initialize(keyring, store: store)
        let vault = try await Vault(keyring: keyring, store: store, patience: Bench.patience)
        #expect(try await vault.scope("default").tokenize(PAN(Cards.visa)).isNew)
    }

    @Test func `a store that was never initialized is not opened`() async throws {
        let bench = try await Bench()
        let store = try SQLiteStore.create(path: "\(bench.folder)/other.db")
        #expect(
            await code {
                _ = try await Vault(keyring: bench.keyring, store: store, patience: Bench.patience)
            }
                == .notInitialized)
    }

    @Test func `the store of another vault is not opened`() async throws {
        let (bench, other) = (try await Bench(), try await Bench(isStranger: true))
        #expect(
            await code {
                _ = try await Vault(
                    keyring: bench.keyring, store: other.store, patience: Bench.patience)
            }
                == .otherVault)
        let memory = MemoryStore()
        _ = try await Vault(keyring: other.keyring, store: memory, patience: Bench.patience)
        #expect(
            await code {
                _ = try await Vault(keyring: bench.keyring, store: memory, patience: Bench.patience)
            }
                == .otherVault)
    }

    @Test func `a store in memory needs no initialization`() async throws {
        let bench = try await Bench()
        let store = MemoryStore()
        let vault = try await Vault(keyring: bench.keyring, store: store, patience: Bench.patience)
        let card = try await vault.scope("default").tokenize(PAN(Cards.visa))
        let other = try await Vault(keyring: bench.keyring, store: store, patience: Bench.patience)
        #expect(try await other.scope("default").tokenize(PAN(Cards.visa)).token == card.token)
    }

    @Test(arguments: StoreKind.allCases)
    func `a scope is made once`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let id = try #require(ScopeID("acme"))
        try await bench.vault.addScope(id)
        let error = await refusal { try await bench.vault.addScope(id) }
        #expect(error == VaultError(.scopeExists, subject: "acme"))
        #expect(bench.vault.scopeList.map(\.id.description) == ["default", "acme"])
        #expect(bench.keyring.current().generation == 2)
    }

    @Test func `two processes make a scope once`() async throws {
        let bench = try await Bench()
        let vaults = [bench.vault, try await bench.opened()]
        let id = try #require(ScopeID("acme"))
        let codes = await withTaskGroup(of: VaultError.Code?.self) { group in
            for vault in vaults { group.addTask { await code { try await vault.addScope(id) } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(codes) == [nil, .scopeExists])
        let card = try await vaults[0].scope("acme").tokenize(PAN(Cards.visa))
        #expect(
            try await vaults[1].scope("acme").find(PAN(Cards.visa))?.token == card.token)
    }

    @Test func `two processes make two scopes`() async throws {
        let bench = try await Bench()
        let vaults = [bench.vault, try await bench.opened()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (vault, name) in zip(vaults, ["a", "b"]) {
                let id = try #require(ScopeID(name))
                group.addTask { try await vault.addScope(id) }
            }
            try await group.waitForAll()
        }
        let keyring = try bench.unlocked().current()
        #expect(keyring.generation == 3)
        #expect(Set(keyring.scopes.map(\.id.description)) == ["default", "a", "b"])
        for name in ["a", "b"] { _ = try await vaults[0].scope(name) }
    }

    @Test func `a scope whose making was cut off is refused, and completed`() async throws {
        let bench = try await Bench()
        let id = try #require(ScopeID("acme"))
        do {
            let lock = try bench.keyring.lock()
            try bench.keyring.addScope(id, tokens: .random, at: .now(), under: lock)
        }
        let error = await refusal { try await bench.vault.scope("acme") }
        #expect(error == VaultError(.scopeIncomplete, subject: "acme"))
        try await bench.vault.addScope(id)
        #expect(try await bench.vault.scope("acme").tokenize(PAN(Cards.visa)).isNew)
        #expect(bench.keyring.current().generation == 2)
    }

    @Test func `a scope that was shredded before its making was complete is not made again`()
        async throws
    {
        let bench = try await Bench()
        let id = try #require(ScopeID("acme"))
        do {
            let lock = try bench.keyring.lock()
            try bench.keyring.addScope(id, tokens: .random, at: .now(), under: lock)
        }
        try await bench.vault.shred(id)
        #expect(await code { try await bench.vault.addScope(id) } == .scopeShredded)
        #expect(await code { try await bench.vault.scope("acme") } == .scopeShredded)
    }

    @Test func `the keyring stays locked until the scope is in the store`() async throws {
        let bench = try await Bench()
        let probe = StoreProbe(bench.store)
        let vault = try await Vault(keyring: bench.keyring, store: probe, patience: Bench.patience)
        let path = bench.keyring.path + ".lock"
        let lockedCount = Mutex(0)
        probe.beforeWrite { _ in
            do {
                let file = try LockFile(path)
                try file.lock(patience: .zero)
            } catch {
                lockedCount.withLock { $0 += 1 }
            }
        }
        try await vault.addScope(#require(ScopeID("acme")))
        // The key set and the pin.
        #expect(probe.writeCount == 2)
        #expect(lockedCount.withLock { $0 } == 2)
    }

    @Test func `a scope whose key set could not be stored is completed later`() async throws {
        let bench = try await Bench()
        let vault = try await vault(of: bench, failingAt: 1)
        let id = try #require(ScopeID("acme"))
        #expect(await refusal { try await vault.addScope(id) }?.store?.code == .full)
        #expect(await code { try await bench.vault.scope("acme") } == .scopeIncomplete)
        try await bench.vault.addScope(id)
        #expect(try await bench.vault.scope("acme").tokenize(PAN(Cards.visa)).isNew)
    }

    @Test func `a scope whose pin could not be raised is there`() async throws {
        let bench = try await Bench()
        let vault = try await vault(of: bench, failingAt: 2)
        let id = try #require(ScopeID("acme"))
        #expect(await refusal { try await vault.addScope(id) }?.store?.code == .full)
        #expect(try await bench.opened().scope("acme").tokenize(PAN(Cards.visa)).isNew)
        #expect(await code { try await bench.vault.addScope(id) } == .scopeExists)
    }

    /// A vault that is open, and whose transaction of this number fails.
    private func vault(of bench: Bench, failingAt failing: Int) async throws -> Vault {
        let probe = StoreProbe(bench.store)
        let vault = try await Vault(keyring: bench.keyring, store: probe, patience: Bench.patience)
        probe.beforeWrite { count throws(StoreError) in
            if count == failing { throw StoreError(.full) }
        }
        return vault
    }

    @Test func `a keyring file that is gone is missed`() async throws {
        let bench = try await Bench()
        try FileManager.default.removeItem(atPath: bench.keyring.path)
        #expect(await code { try await bench.vault.scope("acme") } == .keyringMissing)
        #expect(try await bench.scope().tokenize(PAN(Cards.visa)).isNew)
    }
}
