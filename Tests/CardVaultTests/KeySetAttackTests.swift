// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import SecretMemory
internal import TestSupport
internal import Testing

/// Somebody who can write the database, and holds no key of the vault, changes its keys.
@Suite("Attacks on key sets") struct KeySetAttackTests {
    private let bench: Bench
    private let id: ScopeID
    private let set: KeySet

    init() async throws {
        bench = try await Bench()
        _ = try await bench.scope("acme")
        id = try #require(ScopeID("default"))
        set = try await bench.vault.stored(id)
    }

    /// Why the scope's keys are not loaded.
    private func refusalToLoad(_ name: String = "default") async -> VaultError.Code? {
        bench.vault.forgetKeys()
        return await code { try await bench.vault.scope(name) }
    }

    private func key(_ purpose: KeyPurpose) throws -> StoredKey {
        try #require(set.keys.first { $0.key.purpose == purpose })
    }

    /// Alters columns, and counts the refusals. A number or id of another row is left out.
    private func alter(
        _ columns: [(String, StoredValue.Kind)], in table: String, at place: String,
        _ tally: Tally, of count: Int
    ) async throws {
        let intruder = try bench.intruder()
        var tally = tally
        for (column, kind) in columns {
            let value = StoredValue(
                table: table, column: column, kind: kind, place: place,
                isUnique: ["number", "id", "scope"].contains(column))
            try await value.alter(by: intruder, &tally) {
                Self.refusals.contains(await refusalToLoad())
            }
        }
        try tally.report(of: count)
        #expect(await refusalToLoad() == nil)
    }

    private static let refusals: Set<VaultError.Code?> = [.integrity, .scopeIncomplete, .store]

    private func count(texts: [String], blobs: [Int], integerCount: Int) -> Int {
        (texts.map(\.utf8.count) + blobs).map(Alterations.count).reduce(64 * integerCount, +)
    }

    @Test(arguments: [KeyPurpose.data, .fingerprint])
    func `alters a key that the store holds`(_ purpose: KeyPurpose) async throws {
        let key = try key(purpose)
        let texts = [purpose.rawValue, "sealing", "active"]
        try await alter(
            [
                ("purpose", .text), ("suite", .integer), ("sequence", .integer),
                ("fence", .text), ("state", .text), ("dates", .blob), ("wrapped_by", .integer),
                ("wrapped", .blob), ("key_set", .integer),
            ], in: "keys", at: "id = X'\(hex(key.key.id.bytes))'",
            Tally("columns of a key that the store holds: every bit, truncation, appended byte"),
            of: count(texts: texts, blobs: [56, 73], integerCount: 4))
    }

    @Test func `alters the number and the id of a key`() async throws {
        let key = try key(.data)
        // Keys 1, 4 and 7 are one bit from key 5.
        #expect(key.number.rawValue == 5)
        try await alter(
            [("number", .integer)], in: "keys", at: "id = X'\(hex(key.key.id.bytes))'",
            Tally("the number of a key: every bit that is no other's"), of: 64 - 3)
        try await alter(
            [("id", .blob)], in: "keys", at: "number = \(key.number.rawValue)",
            Tally("the id of a key: every bit, truncation and appended byte"),
            of: Alterations.count(of: 32))
    }

    @Test func `alters a scope's own key, but for its state, which is the keyring's`()
        async throws
    {
        let place = "number = \(try key(.scope).number.rawValue)"
        try await alter(
            [
                ("id", .blob), ("purpose", .text), ("suite", .integer), ("sequence", .integer),
                ("fence", .text), ("dates", .blob), ("key_set", .integer),
            ], in: "keys", at: place,
            Tally("columns of a scope's own key: every bit, truncation and appended byte"),
            of: count(texts: ["scope", "sealing"], blobs: [32, 56], integerCount: 3))
        try bench.tamper("UPDATE keys SET state = 'destroyed' WHERE \(place)")
        #expect(await refusalToLoad() == nil)
        try bench.tamper(
            "UPDATE keys SET wrapped_by = 1, wrapped = zeroblob(73) WHERE \(place)")
        #expect(await refusalToLoad() == .integrity)
    }

    @Test func `alters the row of a set`() async throws {
        // The set of the other scope is one bit away, and that of the vault has no name.
        try await alter(
            [("epoch", .integer), ("seal_key", .blob), ("code", .blob), ("number", .integer)],
            in: "key_sets", at: "scope = 'default'",
            Tally("columns of a key set: every bit, truncation and appended byte"),
            of: count(texts: [], blobs: [32, 32], integerCount: 2) - 1)
        let number = try #require(try bench.intruder().integers(Self.setNumber).first)
        try await alter(
            [("scope", .text)], in: "key_sets", at: "number = \(number)",
            Tally("the scope of a key set: every bit, truncation and appended byte"),
            of: Alterations.count(of: 7) - 1)
    }

    @Test(arguments: [
        "UPDATE keys SET fence = 'open-only' WHERE $DATA",
        "UPDATE keys SET fence = 'closed' WHERE $DATA",
        "UPDATE keys SET state = 'deactivated' WHERE $DATA",
        "UPDATE keys SET state = 'destroyed' WHERE $DATA",
        "UPDATE keys SET sequence = sequence + 1 WHERE $DATA",
        "UPDATE keys SET suite = 3 - suite WHERE $DATA",
        "UPDATE keys SET wrapped = NULL, wrapped_by = NULL WHERE $DATA",
        "UPDATE keys SET wrapped = (SELECT wrapped FROM keys WHERE $PRINT) WHERE $DATA",
        "UPDATE keys SET wrapped_by = 1 WHERE $DATA", "DELETE FROM keys WHERE $DATA",
        "DELETE FROM keys WHERE $PRINT", "DELETE FROM keys", "UPDATE key_sets SET epoch = 2",
        "UPDATE key_sets SET code = zeroblob(32)", "UPDATE key_sets SET code = X''",
        "UPDATE key_sets SET scope = scope || 'x'; UPDATE key_sets SET scope = CASE scope "
            + "WHEN 'defaultx' THEN 'acme' WHEN 'acmex' THEN 'default' ELSE '' END",
        "UPDATE keys SET key_set = (SELECT number FROM key_sets WHERE scope = 'acme') "
            + "WHERE $DATA",
        "UPDATE keys SET key_set = (SELECT number FROM key_sets WHERE scope = 'default')",
        "INSERT INTO keys SELECT number + 100, key_set, zeroblob(32), purpose, suite, "
            + "sequence + 1, fence, state, dates, wrapped_by, wrapped FROM keys WHERE $DATA",
    ])
    func `rewrites keys`(_ sql: String) async throws {
        let card = try await bench.scope().tokenize(PAN(Cards.visa))
        let data = "number = \(try key(.data).number.rawValue)"
        let print = "number = \(try key(.fingerprint).number.rawValue)"
        try bench.tamper(
            sql.replacing("$DATA", with: data).replacing("$PRINT", with: print))
        var tally = Tally("keys of a scope fenced, swapped, added, removed or taken from another")
        tally.count(refused: await refusalToLoad() == .integrity, sql)
        let shown = await code { try await bench.vault.scope("default").describe(card.token) }
        tally.count(refused: shown == .integrity, sql)
        let opened = await code { _ = try await bench.opened().scope("default") }
        tally.count(refused: opened == .integrity, sql)
        try tally.report(of: 3)
    }

    @Test func `takes a set away`() async throws {
        try bench.tamper("DELETE FROM key_sets WHERE scope = 'default'")
        #expect(await refusalToLoad() == .scopeIncomplete)
        try bench.tamper("DELETE FROM key_sets WHERE scope = ''")
        #expect(await code { _ = try await bench.opened() } == .notInitialized)
    }

    @Test func `alters the vault's own set`() async throws {
        try bench.tamper(
            """
            UPDATE keys SET fence = 'closed' WHERE purpose = 'seal'
            """)
        #expect(await code { _ = try await bench.opened() } == .integrity)
    }

    @Test func `lowers or raises an epoch under a process that runs`() async throws {
        let scope = try await bench.scope()
        let card = try await scope.tokenize(PAN(Cards.visa))
        for epoch in ["0", "2", "-1", "9223372036854775807"] {
            try bench.tamper("UPDATE key_sets SET epoch = \(epoch)")
            #expect(await code { try await scope.tokenize(PAN(Cards.amex)) } == .integrity)
            #expect(await code { try await scope.find(PAN(Cards.visa)) } == .integrity)
        }
        try bench.tamper("UPDATE key_sets SET epoch = 1")
        #expect(try await scope.find(PAN(Cards.visa))?.token == card.token)
    }

    @Test func `puts a row back as it was before its key was fenced`() async throws {
        let intruder = try bench.intruder()
        try intruder.execute("CREATE TEMP TABLE before AS SELECT * FROM keys")
        try await bench.vault.fenceDataKey(of: id, .closing)
        #expect(await refusalToLoad() == nil)
        try intruder.execute("INSERT OR REPLACE INTO keys SELECT * FROM before")
        #expect(await refusalToLoad() == .integrity)
    }

    @Test func `adds a data key of the intruder's own`() async throws {
        let scope = try await bench.scope()
        let old = try key(.data)
        let slab = try KeySlab()
        let wrapper = try KeyEncryptionKey(
            KeyMaterial.generate(purpose: .scope, suite: .xchacha20Poly1305, in: slab), in: slab)
        let material = try KeyMaterial.generate(
            purpose: .data, suite: .xchacha20Poly1305, in: slab)
        let key = KeyDescriptor(material, scope: id, sequence: 99, activeFrom: .now())
        let wrapping = StoredKey.Wrapping(
            by: try #require(old.wrapping).by,
            box: wrapper.wrap(material, as: key.binding(in: bench.vault.id)).stored)
        let row = StoredKey(
            number: KeyNumber(rawValue: 99), key: key, fence: .sealing, wrapping: wrapping)
        for (epoch, keys) in [(set.epoch, set.keys + [row]), (set.epoch + 1, [set.keys[0], row])] {
            let forged = KeySet(
                scope: id, epoch: epoch, sealKey: set.sealKey, keys: keys, code: set.code)
            try await bench.store.write { transaction throws(StoreError) in
                try transaction.put(forged)
            }
            #expect(await refusalToLoad() == .integrity)
            #expect(await code { try await scope.tokenize(PAN(Cards.visa)) } == .integrity)
        }
        #expect(try bench.rowCount("cards") == 0)
    }

    @Test func `brings the set of another vault along`() async throws {
        let other = try await Bench()
        let theirs = try await other.vault.stored(id)
        try await bench.store.write { transaction throws(StoreError) in
            try transaction.put(theirs)
        }
        #expect(await refusalToLoad() == .integrity)
    }

    @Test func `a removed key set is not taken for a scope made in part`() async throws {
        let card = try await bench.scope().tokenize(PAN(Cards.visa))
        try bench.tamper("DELETE FROM keys WHERE key_set = (\(Self.setNumber))")
        try bench.tamper("DELETE FROM key_sets WHERE scope = 'default'")
        #expect(await refusalToLoad() == .scopeIncomplete)
        #expect(await code { try await bench.vault.addScope(id) } == .integrity)
        #expect(try bench.intruder().integers("SELECT \(Self.setCount)") == [0])
        #expect(try bench.rowCount("cards") == 1, "\(card.token)")
    }

    @Test func `the keys of a removed set do not count as another's`() async throws {
        _ = try await bench.scope().tokenize(PAN(Cards.visa))
        try bench.tamper(
            "UPDATE keys SET key_set = (SELECT number FROM key_sets WHERE scope = 'acme') "
                + "WHERE key_set = (\(Self.setNumber))")
        try bench.tamper("DELETE FROM key_sets WHERE scope = 'default'")
        #expect(await code { try await bench.vault.addScope(id) } == .integrity)
    }

    @Test func `a planted set refuses its scope before the keyring is changed`() async throws {
        let name = try #require(ScopeID("later"))
        try bench.tamper(
            "INSERT INTO key_sets SELECT NULL, 'later', epoch, seal_key, code FROM key_sets "
                + "WHERE scope = 'default'")
        #expect(await code { try await bench.vault.addScope(name) } == .integrity)
        #expect(bench.keyring.current().scope(name) == nil)
        #expect(try bench.unlocked().current().scope(name) == nil)
    }

    private static let setNumber = "SELECT number FROM key_sets WHERE scope = 'default'"
    private static let setCount = "(SELECT count(*) FROM key_sets WHERE scope = 'default')"
}
