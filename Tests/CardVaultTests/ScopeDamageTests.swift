// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import TestSupport
internal import Testing

/// Somebody who can write the database, and holds no key of the vault, changes the keys of one
/// scope: nothing else stops.
@Suite("A damaged scope") struct ScopeDamageTests {
    enum Damage: String, CaseIterable, Sendable {
        case code, epoch, sealKey, keyRow, keyRowThatIsNone, keyRowThatIsGone, scopeKey, purpose

        var sql: String {
            let set = "(SELECT number FROM key_sets WHERE scope = 'acme')"
            return switch self {
            case .code: "UPDATE key_sets SET code = zeroblob(32) WHERE scope = 'acme'"
            case .epoch: "UPDATE key_sets SET epoch = -1 WHERE scope = 'acme'"
            case .sealKey: "UPDATE key_sets SET seal_key = X'00' WHERE scope = 'acme'"
            case .keyRow: "UPDATE keys SET sequence = 9 WHERE key_set = \(set)"
            case .keyRowThatIsNone:
                "UPDATE keys SET fence = 'none' WHERE purpose = 'data' AND key_set = \(set)"
            case .keyRowThatIsGone:
                "DELETE FROM keys WHERE purpose = 'data' AND key_set = \(set)"
            case .purpose:
                "UPDATE keys SET purpose = 'data' WHERE purpose = 'scope' AND key_set = \(set)"
            case .scopeKey:
                "UPDATE keys SET id = X'00' WHERE purpose = 'scope' AND key_set = \(set)"
            }
        }
    }

    private let bench: Bench
    private let acme: ScopeID
    private let card: Card
    private let cards: RotationCards

    init() async throws {
        bench = try await Bench()
        cards = try await RotationCards(bench.scope())
        let scope = try await bench.scope("acme")
        acme = scope.id
        card = try await scope.tokenize(PAN(Cards.visa))
    }

    /// The vault as a process sees it that begins after the damage.
    private func damaged(_ damage: Damage) async throws -> Vault {
        try bench.tamper(damage.sql)
        return try await bench.opened()
    }

    @Test(arguments: Damage.allCases)
    func `is named, and left out of listings`(_ damage: Damage) async throws {
        #expect(try await bench.vault.damagedScopes().isEmpty)
        let vault = try await damaged(damage)
        #expect(try await vault.damagedScopes() == [acme])
        let keys = try await vault.keyList().map(\.key)
        #expect(keys.count == 6 && !keys.contains { $0.scope == acme })
        #expect(try await vault.inventory().map(\.listed.key) == keys)
        #expect(await code { try await vault.scope("acme") } == .integrity)
    }

    @Test(arguments: Damage.allCases)
    func `keeps no key of another from being found, rotated and destroyed`(
        _ damage: Damage
    ) async throws {
        let vault = try await damaged(damage)
        for purpose in [KeyPurpose.data, .scope, .seal, .hold] {
            let old = try #require(try await vault.rotated(purpose).old)
            if purpose == .data { try await vault.resealed() }
            guard purpose != .seal else { continue }
            try await vault.destroy(old)
        }
        let none = try #require(KeyID(bytes: [UInt8](repeating: 7, count: 32)))
        #expect(
            await refusal { try await vault.destruction(of: none) }
                == VaultError(.integrity, subject: "key set acme"))
        try await cards.expectKept(in: vault.scope("default"))
    }

    @Test(arguments: Damage.allCases)
    func `is passed by when all are resealed`(_ damage: Damage) async throws {
        let vault = try await damaged(damage)
        let rotation = try await vault.rotated(.fingerprint)
        try await vault.rotated(.data)
        let end = try await vault.resealed()
        #expect(end.damaged == [acme])
        #expect(end.resealedCount == 3 && end.indexedCount == 3)
        #expect(end.ended == [rotation.old] && end.blocked.isEmpty)
        #expect(
            await code {
                try await Scope(vault: vault, id: acme, caller: vault.caller).reseal().last()
            } == .integrity)
    }

    @Test(arguments: Damage.allCases)
    func `keeps no copy from being made`(_ damage: Damage) async throws {
        let vault = try await damaged(damage)
        let manifest = try await vault.backUp(to: "\(bench.folder)/backup")
        let key = try #require(bench.keyring.current().primary(.scope, scope: acme))
        #expect(manifest.record.keys.contains(key.id))
    }

    @Test(arguments: Damage.allCases)
    func `can be shredded`(_ damage: Damage) async throws {
        let vault = try await damaged(damage)
        let running = try await bench.vault.scope("default")
        let server = Scope(vault: bench.vault, id: acme, caller: running.caller)
        try await vault.shred(acme)
        #expect(try await vault.damagedScopes().isEmpty)
        #expect(vault.keyring.current().scope(acme)?.shreddedAt != nil)
        for key in vault.keyring.current().keys where key.scope == acme {
            #expect(key.state == .destroyed)
        }
        let set = try await vault.stored(acme)
        #expect(set.keys.filter { $0.key.purpose == .scope }.allSatisfy { $0.fence == .closed })
        #expect(
            await code { try await server.detokenize(card.token, purpose: "test") }
                == .scopeShredded)
        #expect(await code { try await server.tokenize(PAN(Cards.amex)) } == .scopeShredded)
        #expect(await code { try await vault.shred(acme) } == .scopeShredded)
        try await cards.expectKept(in: running)
        #expect(try await vault.resealed().damaged.isEmpty)
    }

    @Test func `loses no key of another that was put among its own`() async throws {
        let data = try await bench.vault.sealing(.data)
        let row = "WHERE number = \(data.number.rawValue)"
        let home = "(SELECT number FROM key_sets WHERE scope = 'default')"
        try bench.tamper(
            "UPDATE keys SET key_set = (SELECT number FROM key_sets WHERE scope = 'acme') \(row)")
        let vault = try await bench.opened()
        #expect(try await vault.damagedScopes().count == 2)
        try await vault.shred(acme)
        try bench.tamper("UPDATE keys SET key_set = \(home) \(row)")
        try await cards.expectKept(in: bench.opened().scope("default"))
    }

    /// As it could be after the shredding of an altered set by an earlier release.
    @Test func `keeps nobody from changing keys though it names one of nobody`() async throws {
        let none = try #require(KeyID(bytes: [UInt8](repeating: 7, count: 32)))
        var keys = try await bench.vault.stored(acme).keys
        let scopeKey = try #require(keys.first { $0.key.purpose == .scope }).key
        let described = KeyDescriptor(
            id: none, purpose: .scope, scope: acme, suite: scopeKey.suite, sequence: 99,
            state: .active, dates: scopeKey.dates)
        keys.append(
            StoredKey(
                number: KeyNumber(rawValue: 9_999), key: described, fence: .sealing,
                wrapping: nil))
        try await bench.vault.put(keys, of: acme)
        let vault = try await bench.opened()
        #expect(try await vault.damagedScopes() == [acme])
        try await vault.rotated(.data)
        try await vault.rotated(.scope)
        #expect(await code { try await vault.rotate(.scope, of: acme) } == .keyringIntegrity)
        try await vault.shred(acme)
        try await cards.expectKept(in: vault.scope("default"))
    }

    @Test func `of any name is no scope's`() async throws {
        try bench.tamper(
            "INSERT INTO key_sets (scope, epoch, seal_key, code) VALUES ('?', 1, X'', X'')")
        let vault = try await bench.opened()
        #expect(try await vault.damagedScopes().isEmpty)
        _ = try await vault.resealed()
        #expect(try await vault.inventory().count == 9)
    }

    @Test(arguments: ["seal_key = X'00'", "content = X'00'", "code = zeroblob(32)"])
    func `leaves a row of the register of backups that may be a copy`(
        _ change: String
    ) async throws {
        _ = try await bench.vault.backUp(to: "\(bench.folder)/first")
        _ = try await bench.vault.backUp(to: "\(bench.folder)/second")
        try bench.tamper(
            """
            UPDATE registers SET \(change) WHERE register = 'backups' AND key =
            (SELECT min(key) FROM registers WHERE register = 'backups')
            """)
        let vault = try await bench.opened()
        let old = try #require(try await vault.rotated(.hold).old)
        let destruction = try await vault.destruction(of: old)
        #expect(destruction.backups.count == 1)
        #expect(destruction.unreadableBackupCount == 1)
        try await vault.destroy(old)
    }
}
