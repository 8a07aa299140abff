// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import TestSupport
internal import Testing

/// Somebody who can write the database, and holds no key of the vault, alters the keys of a scope
/// that is to be shredded, so that its shredding harms another.
@Suite("Shredding an altered scope") struct ShredDamageTests {
    private static let acme = "(SELECT number FROM key_sets WHERE scope = 'acme')"

    private let bench: Bench
    private let acme: Scope
    private let cards: RotationCards

    init() async throws {
        bench = try await Bench()
        cards = try await RotationCards(bench.scope())
        acme = try await bench.scope("acme")
    }

    /// Gives the scope a key that is none.
    private func makeUp(_ fence: Fence, _ purpose: KeyPurpose = .scope) throws {
        try bench.tamper(
            """
            INSERT INTO keys SELECT 9999, \(Self.acme), randomblob(32), '\(purpose)', 1, 99,
            '\(fence.rawValue)', 'active', dates, NULL, NULL FROM keys LIMIT 1
            """)
    }

    /// Gives the scope a key that is another's too.
    private func copy(_ key: KeyID, _ fence: Fence) throws {
        try bench.dropKeyRules()
        try bench.tamper(
            """
            INSERT INTO keys SELECT 9998, \(Self.acme), id, purpose, suite, sequence,
            '\(fence.rawValue)', state, dates, wrapped_by, wrapped FROM keys
            WHERE id = X'\(hex(key.bytes))'
            """)
    }

    private func key(_ purpose: KeyPurpose) throws -> KeyID {
        try #require(bench.keyring.current().primary(purpose, scope: purpose.scope)).id
    }

    @Test(arguments: [KeyPurpose.scope, .hold, .audit, .seal], Fence.allCases)
    func `destroys no key of the keyring that was copied to it`(
        _ purpose: KeyPurpose, _ fence: Fence
    ) async throws {
        let key = try key(purpose)
        try copy(key, fence)
        try makeUp(.openOnly)
        let vault = try await bench.opened()
        try await vault.shred(acme.id)
        try await vault.rotated(.data)
        #expect(vault.keyring.current().key(key)?.state == .active)
        #expect(try await !vault.stored(acme.id).keys.contains { $0.key.id == key })
        try await cards.expectKept(in: vault.scope("default"))
    }

    @Test(arguments: Fence.allCases)
    func `destroys no scope key that was moved to it`(_ fence: Fence) async throws {
        let key = try key(.scope)
        try bench.tamper(
            """
            UPDATE keys SET key_set = \(Self.acme), fence = '\(fence.rawValue)'
            WHERE id = X'\(hex(key.bytes))'
            """)
        try makeUp(.openOnly)
        let vault = try await bench.opened()
        try await vault.shred(acme.id)
        _ = try await vault.rotate(.hold)
        #expect(vault.keyring.current().key(key)?.state == .active)
    }

    @Test(arguments: [KeyPurpose.scope, .hold, .audit, .seal, .data], Fence.allCases)
    func `stops no other change for a key that is none`(
        _ purpose: KeyPurpose, _ fence: Fence
    ) async throws {
        try makeUp(fence, purpose)
        let vault = try await bench.opened()
        try await vault.shred(acme.id)
        let after = try await bench.opened()
        #expect(try await after.damagedScopes().isEmpty)
        try await after.rotated(.data)
        _ = try await after.backUp(to: "\(bench.folder)/backup")
        #expect(await code { try await after.shred(acme.id) } == .scopeShredded)
    }

    @Test(arguments: Fence.allCases)
    func `destroys its keys though its set has others only`(_ fence: Fence) async throws {
        try bench.tamper("DELETE FROM keys WHERE key_set = \(Self.acme)")
        try makeUp(fence)
        let vault = try await bench.opened()
        try await vault.shred(acme.id)
        #expect(vault.keyring.current().scope(acme.id)?.shreddedAt != nil)
        let own = vault.keyring.current().keys.filter { $0.scope == acme.id }
        #expect(own.map(\.state) == [.destroyed])
    }

    /// What was stored by the first half of a shredding.
    @Test func `destroys its keys though one before was cut off`() async throws {
        let own = try await bench.vault.stored(acme.id).keys
        let none = try #require(KeyID(bytes: [UInt8](repeating: 7, count: 32)))
        let scopeKey = try #require(own.first { $0.key.purpose == .scope })
        let described = KeyDescriptor(
            id: none, purpose: .scope, scope: acme.id, suite: scopeKey.key.suite, sequence: 99,
            state: .active, dates: scopeKey.key.dates)
        let row = StoredKey(
            number: scopeKey.number, key: described, fence: .closed, wrapping: nil)
        try await bench.vault.put([row], of: acme.id)
        let vault = try await bench.opened()
        try await vault.shred(acme.id)
        #expect(vault.keyring.current().scope(acme.id)?.shreddedAt != nil)
    }

    /// The epoch of a set is all that a server which has its keys asks for; nobody who writes the
    /// store may know beforehand which it will be.
    @Test(arguments: [1, 1 << 40, 1 << 62, Int64.min])
    func `reaches a server that has the keys`(_ stride: Int64) async throws {
        let card = try await acme.tokenize(PAN(Cards.visa))
        let epoch = Int64(try await bench.vault.stored(acme.id).epoch)
        try bench.tamper("UPDATE key_sets SET epoch = \(epoch &- stride) WHERE scope = 'acme'")
        let vault = try await bench.opened()
        try await vault.shred(acme.id)
        #expect(await code { try await acme.tokenize(PAN(Cards.amex)) } == .scopeShredded)
        #expect(
            await code { try await acme.detokenize(card.token, purpose: "test") }
                == .scopeShredded)
    }
}
