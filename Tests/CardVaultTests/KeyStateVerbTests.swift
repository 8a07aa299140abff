// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

/// The life of single keys (NIST SP 800-57 Part 1 Rev. 5, section 7).
@Suite("Key states of a vault") struct KeyStateVerbTests {
    @Test(arguments: StoreKind.allCases, KeySituation.all)
    func `are left in no way that they do not have`(
        _ kind: StoreKind, _ situation: KeySituation
    ) async throws {
        let bench = try await Bench(kind)
        let id = try await situation.make(on: bench)
        let before = try await VaultSnapshot(bench)
        for verb in KeyVerb.allCases {
            guard let expected = situation.refusal(of: verb) else { continue }
            let count = try await bench.store.events().count
            #expect(
                await code { try await verb.run(on: id, of: bench.vault) } == expected, "\(verb)")
            let events = try await bench.store.events().dropFirst(count)
            #expect(events.map(\.outcome) == [.refused(expected)], "\(verb)")
            #expect(events.first?.subject == .keys([id]), "\(verb)")
        }
        #expect(try await VaultSnapshot(bench) == before)
    }

    @Test(arguments: KeySituation.all)
    func `are left in every way that they have`(_ situation: KeySituation) async throws {
        for verb in KeyVerb.allCases where situation.refusal(of: verb) == nil {
            let bench = try await Bench()
            let scope = try await bench.scope()
            let id = try await situation.make(on: bench)
            try await verb.run(on: id, of: bench.vault)
            let key = try await bench.vault.descriptor(of: id)
            #expect(key.state == verb.target)
            #expect(key.dates.entered[verb.target] != nil)
            // Whoever opens the vault next finds the same, and one key of each purpose that seals.
            let other = try await bench.opened()
            #expect(try await other.descriptor(of: id) == key)
            if verb != .suspend {
                for purpose in KeyPurpose.rotated { _ = try await other.sealing(purpose) }
                #expect(try await scope.tokenize(PAN(Cards.visa)).isNew)
            }
            #expect(try await bench.isLogSound())
        }
    }

    @Test(arguments: KeyVerb.allCases)
    func `are those of keys that there are`(_ verb: KeyVerb) async throws {
        let bench = try await Bench()
        let before = try await VaultSnapshot(bench)
        let id = try StoreSamples.keyID(1)
        #expect(await code { try await verb.run(on: id, of: bench.vault) } == .unknownKey)
        #expect(try await VaultSnapshot(bench) == before)
    }

    @Test(arguments: StoreKind.allCases)
    func `keep a suspended key from sealing until it is resumed`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let card = try await scope.tokenize(PAN(Cards.visa))
        let id = try await bench.vault.sealing(.data).key.id
        try await bench.vault.suspend(id)
        #expect(await code { try await scope.tokenize(PAN(Cards.amex)) } == .noSealingKey)
        let pan = try await scope.detokenize(card.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
        try await bench.vault.resume(id)
        #expect(try await scope.tokenize(PAN(Cards.amex)).keyID == id)
    }

    @Test(arguments: StoreKind.allCases)
    func `keep a suspended hold key from sealing until it is resumed`(
        _ kind: StoreKind
    ) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let handle = try await scope.hold(sample: .track2)
        let id = try await bench.vault.sealing(.hold).key.id
        try await bench.vault.suspend(id)
        #expect(await code { try await scope.hold(sample: .track2) } == .noSealingKey)
        #expect(try await scope.text(.track2, of: handle) == Held.track2)
        try await bench.vault.resume(id)
        let later = try await scope.hold(sample: .track2)
        #expect(try await scope.text(.track2, of: later) == Held.track2)
    }

    @Test(arguments: [KeyPurpose.scope, .data, .hold])
    func `do not bring a suspended key back that has a successor`(
        _ purpose: KeyPurpose
    ) async throws {
        let bench = try await Bench()
        let id = try await bench.vault.sealing(purpose).key.id
        try await bench.vault.suspend(id)
        try await bench.vault.rotated(purpose)
        let before = try await VaultSnapshot(bench)
        #expect(await code { try await bench.vault.resume(id) } == .keyState)
        #expect(try await VaultSnapshot(bench) == before)
    }

    @Test(arguments: [KeyPurpose.scope, .hold])
    func `end a suspended key that has a successor`(_ purpose: KeyPurpose) async throws {
        let bench = try await Bench()
        let id = try await bench.vault.sealing(purpose).key.id
        try await bench.vault.suspend(id)
        try await bench.vault.rotated(purpose)
        try await bench.vault.deactivate(id)
        #expect(try await bench.vault.descriptor(of: id).state == .deactivated)
        #expect(try await bench.vault.stored(id).fence == .openOnly)
    }
}
