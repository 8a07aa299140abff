// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
@testable internal import CardVault
internal import Foundation
internal import TestSupport
internal import Testing

/// The store's memory of the keyring.
@Suite("Pin") struct PinTests {
    private func pin(_ bench: Bench) async throws -> Pin {
        try #require(
            try await bench.store.read { reader throws(StoreError) in try reader.pin() })
    }

    @Test func `rises with the keyring`() async throws {
        let bench = try await Bench()
        #expect(try await pin(bench).generation == 1)
        _ = try await bench.scope("acme")
        let pin = try await pin(bench)
        #expect(pin.generation == 2)
        #expect(pin.keyringCode == bench.keyring.current().code)
        #expect(pin.required == 1)
    }

    @Test func `is raised by who opens a keyring that a crash left ahead of it`() async throws {
        let bench = try await Bench()
        do {
            let lock = try bench.keyring.lock()
            try bench.keyring.addScope(
                #require(ScopeID("acme")), tokens: .random, at: .now(), under: lock)
        }
        #expect(try await pin(bench).generation == 1)
        _ = try await bench.opened()
        #expect(try await pin(bench).generation == 2)
    }

    @Test func `lets an older keyring open that is not yet refused`() async throws {
        let bench = try await Bench()
        try bench.copyKeyring(to: "old.json")
        let card = try await bench.scope().tokenize(PAN(Cards.visa))
        _ = try await bench.scope("acme")
        let old = try await Vault(
            keyring: bench.unlocked("old.json"), store: bench.store, patience: Bench.patience)
        let scope = try await old.scope("default")
        #expect(try await scope.tokenize(PAN(Cards.visa)).token == card.token)
        #expect(try await scope.tokenize(PAN(Cards.amex)).isNew)
        #expect(await code { try await old.scope("acme") } == .unknownScope)
        #expect(try await pin(bench).generation == 2)
    }

    @Test func `lets no older keyring be changed, which would grow apart`() async throws {
        let bench = try await Bench()
        try bench.copyKeyring(to: "old.json")
        _ = try await bench.scope("acme")
        let old = try await Vault(
            keyring: bench.unlocked("old.json"), store: bench.store, patience: Bench.patience)
        let other = try #require(ScopeID("other"))
        #expect(await code { try await old.addScope(other) } == .keyringOlder)
        #expect(try bench.unlocked("old.json").current().generation == 1)
        #expect(
            try await bench.store.read { reader throws(StoreError) in
                try reader.keySet(of: other)
            } == nil)
        #expect(try await old.scope("default").tokenize(PAN(Cards.visa)).isNew)
    }

    @Test func `refuses a keyring below what is required`() async throws {
        let bench = try await Bench()
        try bench.copyKeyring(to: "old.json")
        _ = try await bench.scope("acme")
        let old = try await Vault(
            keyring: bench.unlocked("old.json"), store: bench.store, patience: Bench.patience)
        try await bench.vault.pin(bench.keyring.current(), required: 2)
        var tally = Tally("a keyring older than the store requires")
        let opened = await code {
            _ = try await Vault(
                keyring: bench.unlocked("old.json"), store: bench.store,
                patience: Bench.patience)
        }
        tally.count(refused: opened == .keyringOlder)
        // A process that runs with it is refused when next it looks into the file.
        tally.count(refused: await code { try await old.scope("acme") } == .keyringOlder)
        try tally.report(of: 2)
        _ = try await bench.opened()
    }

    @Test func `refuses a keyring that grew apart`() async throws {
        let bench = try await Bench()
        try bench.copyKeyring(to: "fork.json")
        _ = try await bench.scope("acme")
        let fork = try bench.unlocked("fork.json")
        do {
            let lock = try fork.lock()
            try fork.addScope(
                #require(ScopeID("other")), tokens: .random, at: .now(), under: lock)
        }
        var tally = Tally("a keyring that grew apart from the one that the store knows")
        let opened = await code {
            _ = try await Vault(keyring: fork, store: bench.store, patience: Bench.patience)
        }
        tally.count(refused: opened == .keyringForked)
        try tally.report(of: 1)
    }

    @Test func `refuses a keyring that was put back under a running process`() async throws {
        let bench = try await Bench()
        try bench.copyKeyring(to: "old.json")
        _ = try await bench.scope("acme")
        let manager = FileManager.default
        try manager.removeItem(atPath: bench.keyring.path)
        try manager.copyItem(
            atPath: "\(bench.folder)/old.json", toPath: bench.keyring.path)
        #expect(await code { try await bench.vault.scope("none") } == .keyringOlder)
        #expect(try await bench.scope().tokenize(PAN(Cards.visa)).isNew)
    }

    @Test func `that is gone is missed where there are cards, or a later keyring`() async throws {
        for hasCard in [true, false] {
            let bench = try await Bench()
            if hasCard {
                _ = try await bench.scope().tokenize(PAN(Cards.visa))
            } else {
                _ = try await bench.scope("acme")
            }
            try bench.tamper("DELETE FROM pin")
            let error = await refusal { _ = try await bench.opened() }
            #expect(error == VaultError(.integrity, subject: "pin"))
        }
    }

    @Test func `is made by who opens a store without cards and a first keyring`() async throws {
        let bench = try await Bench()
        let before = try await pin(bench)
        try bench.tamper("DELETE FROM pin")
        _ = try await bench.opened()
        #expect(try await pin(bench) == before)
    }

    @Test func `is not written into a store that became another vault's meanwhile`() async throws {
        let bench = try await Bench()
        try bench.tamper("DELETE FROM pin")
        let probe = StoreProbe(bench.store)
        // What `initialize` for another keyring does first.
        probe.beforeWrite { _ throws(StoreError) in
            try await bench.store.write { transaction throws(StoreError) in
                try transaction.reset(for: .random())
            }
        }
        #expect(
            await code {
                _ = try await Vault(keyring: bench.keyring, store: probe, patience: Bench.patience)
            }
                == .otherVault)
        #expect(
            try await bench.store.read { reader throws(StoreError) in try reader.pin() } == nil)
    }

    @Test func `is not needed in a store that is gone with its process`() async throws {
        let bench = try await Bench(.memory)
        _ = try await bench.scope("acme")
        #expect(
            try await bench.store.read { reader throws(StoreError) in try reader.pin() } == nil)
        _ = try await bench.opened()
    }
}
