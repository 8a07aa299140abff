// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import TestSupport
internal import Testing

/// A row is deleted as no scope's only where every scope is known.
@Suite("Deletion of a row") struct RowDeletionTests {
    private let bench: Bench
    /// A vault that was opened before there was another scope than the first.
    private let server: Vault

    init() async throws {
        bench = try await Bench()
        server = try await bench.opened()
    }

    private func deletion(of card: Card, by vault: Vault) async -> VaultError? {
        await refusal { try await vault.delete(row: card.token.stored) }
    }

    @Test func `keeps a card of a scope that was made since`() async throws {
        let card = try await bench.scope("acme").tokenize(PAN(Cards.visa))
        #expect(await deletion(of: card, by: server)?.code == .notFound)
        #expect(try bench.rowCount("cards") == 1)
    }

    @Test func `is refused while a keyring cannot be read that may have more scopes`() async throws
    {
        try await bench.vault.rotatedRoot()
        let card = try await bench.scope("acme").tokenize(PAN(Cards.visa))
        #expect(await deletion(of: card, by: server)?.code == .needsUnlock)
        #expect(try bench.rowCount("cards") == 1)
    }

    @Test(arguments: [
        "UPDATE keys SET dates = X'' WHERE purpose = 'data'",
        "DELETE FROM keys WHERE purpose = 'data'",
        "UPDATE key_sets SET seal_key = X'00' WHERE scope = 'default'",
    ])
    func `is refused while a scope is damaged`(_ damage: String) async throws {
        let card = try await bench.scope().tokenize(PAN(Cards.visa))
        try bench.tamper(damage)
        let vault = try await bench.opened()
        #expect(
            await deletion(of: card, by: vault)
                == VaultError(.integrity, subject: "key set default"))
        #expect(try bench.rowCount("cards") == 1)
    }

    @Test func `is refused while the set of a scope is gone`() async throws {
        let card = try await bench.scope("acme").tokenize(PAN(Cards.visa))
        try bench.tamper("DELETE FROM key_sets WHERE scope = 'acme'")
        let vault = try await bench.opened()
        #expect(
            await deletion(of: card, by: vault) == VaultError(.scopeIncomplete, subject: "acme"))
        #expect(try bench.rowCount("cards") == 1)
    }

    @Test func `goes on where a damaged scope is shredded`() async throws {
        let acme = try await bench.scope("acme")
        let card = try await acme.tokenize(PAN(Cards.visa))
        try bench.tamper("UPDATE key_sets SET code = zeroblob(32) WHERE scope = 'acme'")
        let vault = try await bench.opened()
        try await vault.shred(acme.id)
        #expect(await deletion(of: card, by: vault) == nil)
        #expect(try bench.rowCount("cards") == 0)
    }

    @Test func `is refused on record`() async throws {
        let card = try await bench.scope().tokenize(PAN(Cards.visa))
        try bench.tamper("UPDATE keys SET dates = X'' WHERE purpose = 'data'")
        let vault = try await bench.opened()
        let events = try await bench.recorded { _ = await deletion(of: card, by: vault) }
        #expect(events.map(\.outcome) == [.refused(.integrity)])
    }

    /// A card that is listed as one that does not open invites its deletion.
    @Test func `is not suggested while a keyring cannot be read`() async throws {
        let own = try await bench.scope().tokenize(PAN(Cards.visa))
        try await bench.vault.rotatedRoot()
        _ = try await bench.scope("acme").tokenize(PAN(Cards.visa))
        let end = try await server.resealed()
        #expect(server.needsUnlock)
        #expect(end.walkedCount == 2 && end.unreadable.isEmpty && end.unreadableCount == 0)
        let place = "token = X'\(hex(own.token.stored))'"
        try bench.tamper("UPDATE cards SET expiry = 3001 WHERE \(place)")
        #expect(try await server.resealed().unreadable.map(\.token) == [own.token])
    }

    @Test func `is not suggested while a scope is damaged`() async throws {
        _ = try await bench.scope("acme").tokenize(PAN(Cards.visa))
        try bench.tamper(
            """
            UPDATE keys SET dates = X'' WHERE purpose = 'data' AND key_set =
            (SELECT number FROM key_sets WHERE scope = 'acme')
            """)
        let end = try await bench.opened().resealed()
        #expect(end.damaged.map(\.description) == ["acme"])
        #expect(end.walkedCount == 1 && end.unreadableCount == 0)
    }
}
