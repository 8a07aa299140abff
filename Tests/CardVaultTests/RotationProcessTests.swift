// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

/// What a process sees that runs on while another one changes the keys: nothing but later keys.
@Suite("Rotation beside a running vault") struct RotationProcessTests {
    /// A vault that runs, with its keys at hand, and cards and a hold that it made.
    private struct Running {
        let bench: Bench
        let vault: Vault
        let scope: Scope
        let cards: RotationCards
        /// The handle's text.
        let hold: [UInt8]

        init(_ kind: StoreKind) async throws {
            bench = try await Bench(kind)
            vault = try await bench.opened()
            scope = try await vault.scope("default")
            cards = try await RotationCards(scope)
            let handle = try await scope.hold(sample: .track2, for: .seconds(7 * 86_400))
            hold = text(handle)
        }

        /// Everything goes on, under the latest keys.
        func expectRunning(_ index: Int) async throws {
            try await cards.expectKept(in: scope)
            let card = try await scope.tokenize(Cards.numbered(100 + index))
            #expect(card.isNew)
            #expect(try await card.keyID == bench.vault.sealing(.data).key.id)
            let hold = try await scope.hold(sample: .track2)
            let sealing = try await bench.vault.sealing(.hold).number
            #expect(try await bench.store.hold(hold.id)?.key == sealing)
            #expect(try await scope.text(.track2, of: hold) == Held.track2)
            // The one that changed the keys sees what the other one stored.
            let found = try await bench.scope().find(Cards.numbered(100 + index))
            #expect(found?.token == card.token)
            #expect(!vault.needsUnlock)
        }
    }

    @Test(arguments: StoreKind.allCases, KeyPurpose.rotated)
    func `goes on through the rotation of any key and its reseal`(
        _ kind: StoreKind, _ purpose: KeyPurpose
    ) async throws {
        let running = try await Running(kind)
        let vault = running.bench.vault
        let rotation = try await vault.rotated(purpose)
        try await running.expectRunning(0)
        try await vault.resealed()
        try await running.expectRunning(1)
        let old = try #require(rotation.old)
        let isNeeded = try await !vault.destruction(of: old).needs.isEmpty
        #expect(isNeeded == [.hold, .audit].contains(purpose))
        if !isNeeded { try await vault.destroy(old) }
        try await running.expectRunning(2)
        let text = try await running.scope.track2(running.hold)
        #expect(text == Held.track2)
        #expect(try await running.bench.isLogSound())
    }

    @Test(arguments: StoreKind.allCases, KeyPurpose.rotated)
    func `goes on when a key is compromised`(
        _ kind: StoreKind, _ purpose: KeyPurpose
    ) async throws {
        let running = try await Running(kind)
        let id = try await running.bench.vault.sealing(purpose).key.id
        try await running.bench.vault.compromise(id)
        try await running.expectRunning(0)
        try await running.bench.vault.resealed()
        try await running.expectRunning(1)
    }

    @Test(arguments: StoreKind.allCases)
    func `resumes what was suspended when it was last looked at`(_ kind: StoreKind) async throws {
        let running = try await Running(kind)
        let id = try await running.bench.vault.sealing(.data).key.id
        try await running.bench.vault.suspend(id)
        #expect(
            await code { try await running.scope.tokenize(PAN(Cards.visa)) } == .noSealingKey)
        try await running.bench.vault.resume(id)
        try await running.expectRunning(0)
    }

    @Test(arguments: StoreKind.allCases)
    func `goes on through a root rotation until it meets a key that is new`(
        _ kind: StoreKind
    ) async throws {
        let running = try await Running(kind)
        let (vault, scope) = (running.vault, running.scope)
        try await running.bench.vault.rotatedRoot()
        try await running.cards.expectKept(in: scope)
        let card = try await scope.tokenize(PAN(Cards.visa))
        #expect(card.isNew)
        try await running.bench.vault.rotated(.scope)
        #expect(await code { try await scope.tokenize(PAN(Cards.amex)) } == .needsUnlock)
        #expect(await code { try await scope.find(PAN(Cards.visa)) } == .needsUnlock)
        #expect(vault.needsUnlock)
        try await vault.unlockedAgain()
        try await running.expectRunning(0)
    }

    @Test(arguments: StoreKind.allCases, [KeyPurpose.hold, .audit, .seal])
    func `says that it must be unlocked where the vault's own keys are new`(
        _ kind: StoreKind, _ purpose: KeyPurpose
    ) async throws {
        let running = try await Running(kind)
        let (vault, scope) = (running.vault, running.scope)
        try await running.bench.vault.rotatedRoot()
        try await running.bench.vault.rotated(purpose)
        #expect(await code { try await scope.hold(sample: .track2) } == .needsUnlock)
        #expect(vault.needsUnlock)
        // Without the new key of the log nothing is done that goes on record; without that of the
        // holds, all but holds.
        let token = try #require(running.cards.tokens[0])
        let opening = await code { try await scope.detokenize(token, purpose: "test") }
        #expect(opening == (purpose == .hold ? nil : .needsUnlock))
        try await vault.unlockedAgain()
        try await running.expectRunning(0)
    }

    @Test func `takes no keyring by a wrong secret, and goes on`() async throws {
        let running = try await Running(.sqlite)
        try await running.bench.vault.rotatedRoot()
        let error = await code {
            try await running.vault.unlockAgain(
                with: .passphrase(Passphrase("correct horse 2".utf8.span)))
        }
        #expect(error == .cannotUnlock)
        try await running.cards.expectKept(in: running.scope)
    }

    @Test(arguments: StoreKind.allCases)
    func `goes on through the rotation of all keys`(_ kind: StoreKind) async throws {
        let running = try await Running(kind)
        let vault = running.bench.vault
        let before = try await vault.keyList().map(\.key.id)
        let change = try await vault.rotatedRoot(renewingAll: true)
        // One of each purpose of the vault, and one of its only scope.
        #expect(change.waiting.count == 4)
        #expect(change.kept.count == 1)
        #expect(change.dropped.isEmpty)
        try await running.expectRunning(0)
        try await running.vault.unlockedAgain()
        try await running.expectRunning(1)
        #expect(try await Set(vault.activateKeys()) == Set(change.waiting))
        try await running.expectRunning(2)
        try await vault.resealed()
        try await running.expectRunning(3)
        for purpose in KeyPurpose.rotated {
            #expect(try await !before.contains(vault.sealing(purpose).key.id))
        }
        #expect(try await vault.activateKeys().isEmpty)
        #expect(try await running.bench.isLogSound())
    }

    @Test func `drops no keyring for one that no slot opens`() async throws {
        let bench = try await Bench()
        let before = try await VaultSnapshot(bench)
        let error = await code {
            try await bench.vault.rotateRoot { _ throws(KeyringError) in }
        }
        #expect(error == .slotsRefused)
        #expect(try await VaultSnapshot(bench) == before)
        let passphrase = try Passphrase("correct horse 2".utf8.span)
        let wrong = await code {
            try await bench.vault.rotateRoot { rotation throws(KeyringError) in
                _ = try rotation.keep(passphrase)
            }
        }
        #expect(wrong == .cannotUnlock)
        #expect(try await VaultSnapshot(bench) == before)
    }
}

extension VaultStore {
    /// A hold; nil when there is none.
    func hold(_ id: HoldID) async throws -> HoldRecord? {
        try await read { reader throws(StoreError) in try reader.hold(id) }
    }
}
