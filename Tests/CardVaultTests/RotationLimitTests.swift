// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

@Suite("Rotation limits") struct RotationLimitTests {
    @Test func `the keyring is written twice, however many scopes are rotated`() async throws {
        let bench = try await Bench(.memory)
        for name in ["a", "b", "c", "d"] { _ = try await bench.scope(name) }
        let scopes = bench.keyring.current().scopes.map(\.id)
        let before = bench.keyring.current().generation
        let rotations = try await bench.vault.rotate(.scope, ofEach: scopes)
        #expect(rotations.count == 5)
        #expect(bench.keyring.current().generation == before + 2)
    }

    @Test func `keys that waited are activated in two writes of the keyring`() async throws {
        let bench = try await Bench(.memory)
        for name in ["a", "b", "c"] { _ = try await bench.scope(name) }
        try await bench.vault.rotatedRoot(renewingAll: true)
        try await bench.vault.unlockedAgain()
        let before = bench.keyring.current().generation
        #expect(try await bench.vault.activateKeys().count == 7)
        #expect(bench.keyring.current().generation == before + 2)
    }

    @Test func `a change beside another one says that somebody else is at it`() async throws {
        let bench = try await Bench()
        let other = try bench.unlocked()
        let lock = try bench.keyring.lock()
        defer { lock.release() }
        #expect(await code { try await Vault.lock(other, patience: .zero) } == .keyringBusy)
    }

    @Test func `a set takes no more keys than can be read`() async throws {
        let bench = try await Bench(.memory)
        let scope = try #require(ScopeID("default"))
        var draft = try await bench.vault.keySetDraft(of: scope)
        let wrapper = try bench.vault.sealingWrapper(of: draft)
        let (slab, moment) = (bench.keyring.slab, bench.vault.now())
        while draft.keys.count < KeySet.storeHeldLimit {
            _ = try draft.make(.fingerprint, .hmacSHA256, under: wrapper, slab: slab, at: moment)
        }
        let error = await refusal {
            try draft.replace(.data, under: wrapper, slab: slab, at: moment)
        }
        #expect(error?.code == .tooManyKeys)
        #expect(error?.subject == "default")
    }
}
