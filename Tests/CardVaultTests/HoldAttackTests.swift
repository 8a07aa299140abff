// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import CardKeys
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import SecretMemory
internal import TestSupport
internal import Testing

/// What somebody can do with holds who has the files of a vault.
@Suite("Attacks on holds") struct HoldAttackTests {
    private struct Scene {
        let clock = Clock()
        let bench: Bench
        let scope: Scope
        let text: [UInt8]

        init() async throws {
            bench = try await Bench(now: clock.read)
            scope = try await bench.scope()
            text = CardVaultTests.text(try await scope.hold(sample: .track2))
        }

        var record: HoldRecord {
            get async throws {
                let id = try HoldHandle(text.span).id
                return try #require(
                    try await bench.store.read { reader throws(StoreError) in
                        try reader.hold(id)
                    })
            }
        }
    }

    @Test func `alter any column of a hold, and open nothing`() async throws {
        let scene = try await Scene()
        let intruder = try scene.bench.intruder()
        // Of these the row is found anew by any other; of the id not.
        let columns: [(String, StoredValue.Kind)] = [
            ("scope", .text), ("key", .integer), ("kind", .integer), ("box", .blob),
            ("created", .integer), ("expires", .integer), ("id", .blob),
        ]
        var tally = Tally("columns of a hold: every bit, truncation and appended byte")
        for (column, kind) in columns {
            let value = StoredValue(table: "holds", column: column, kind: kind, place: "true")
            try await value.alter(by: intruder, &tally) {
                Self.refusals.contains(
                    await code { try await scene.scope.track2(scene.text) })
            }
        }
        try tally.report(of: [7, 38 + 41, 16].map(Alterations.count).reduce(4 * 64, +))
        #expect(try await scene.scope.track2(scene.text) == Held.track2)
    }

    private static let refused = VaultError(.handleRefused)
    private static let refusals: Set<VaultError.Code?> = [
        .handleRefused, .notFound, .otherKind, .integrity, .store,
    ]

    @Test func `make a hold live longer, and open nothing`() async throws {
        let scene = try await Scene()
        var tally = Tally("a hold that lives longer, or shorter")
        for sql in [
            "UPDATE holds SET expires = expires + 1", "UPDATE holds SET expires = expires - 1",
            "UPDATE holds SET created = created + 600000, expires = expires + 600000",
        ] {
            let intruder = try scene.bench.intruder()
            try intruder.execute("CREATE TEMP TABLE before AS SELECT * FROM holds")
            try intruder.execute(sql)
            let refused: [VaultError?] = [
                await refusal { try await scene.scope.track2(scene.text) },
                await refusal {
                    try await scene.scope.tokenize(from: HoldHandle(scene.text.span))
                },
            ]
            tally.count(refused: refused == [Self.refused, Self.refused], sql)
            try intruder.execute("INSERT OR REPLACE INTO holds SELECT * FROM before")
        }
        try tally.report(of: 3)
        try scene.bench.tamper("UPDATE holds SET expires = expires + 3600000")
        scene.clock.advance(by: .seconds(600))
        #expect(await code { try await scene.scope.track2(scene.text) } == .handleRefused)
    }

    @Test func `change its kind, and open nothing`() async throws {
        let scene = try await Scene()
        try scene.bench.tamper("UPDATE holds SET kind = 1")
        var tally = Tally("a hold of another kind")
        tally.count(
            refused: await code { try await scene.scope.track2(scene.text) } == .otherKind)
        let handle = try HoldHandle(scene.text.span)
        let opened = await code { try await scene.scope.text(.track1, of: handle) }
        tally.count(refused: opened == .handleRefused)
        try tally.report(of: 2)
    }

    @Test func `swap the boxes of two holds, and open neither`() async throws {
        let scene = try await Scene()
        let other = text(try await scene.scope.hold(sample: .track2))
        try scene.bench.tamper(
            """
            CREATE TEMP TABLE before AS SELECT * FROM holds;
            UPDATE holds SET box = (SELECT box FROM before WHERE before.id <> holds.id);
            """)
        var tally = Tally("the boxes of two holds swapped")
        for text in [scene.text, other] {
            let opened = await code { try await scene.scope.track2(text) }
            tally.count(refused: opened == .handleRefused)
        }
        try tally.report(of: 2)
        #expect(try await holds(scene.bench).count == 2)
    }

    @Test func `give a hold to another scope, which opens nothing`() async throws {
        let scene = try await Scene()
        let other = try await scene.bench.scope("acme")
        try scene.bench.tamper("UPDATE holds SET scope = 'acme'")
        var tally = Tally("a hold moved to another scope")
        tally.count(
            refused: await code { try await scene.scope.track2(scene.text) } == .notFound)
        tally.count(refused: await code { try await other.track2(scene.text) } == .handleRefused)
        try tally.report(of: 2)
    }

    @Test func `without the handle open nothing, with store and every key`() async throws {
        let scene = try await Scene()
        let (bench, record) = (scene.bench, try await scene.record)
        let binding = HoldRecord.binding(
            record.id, record.facts, vault: bench.vault.id, scope: record.scope)
        func expectShut(_ key: borrowing HoldBoxKey) {
            var plaintext = [UInt8](repeating: 0, count: record.facts.kind.plaintextByteCount)
            var span = plaintext.mutableSpan
            #expect(throws: OpenError.notAuthentic) {
                try key.open(record.box.span, as: binding, into: &span)
            }
        }
        let holdKey = try #require(bench.keyring.current().primary(.hold)).id
        // The box key from guesses at the secret.
        for secret in [
            [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xff, count: 32),
            record.id.bytes + record.id.bytes, Array(record.box[1..<33]), holdKey.bytes,
        ] {
            let key = HoldKey(try bench.keyring.unwrap(holdKey), in: bench.keyring.slab)
            try expectShut(key.boxKey(of: record.id.bytes.span, secret: secret.span))
        }
        // The bytes of every key of the vault as the key of the box, under the name that it has.
        let keys = bench.keyring.current().keys
        #expect(keys.count == 4)
        for key in keys {
            let secret = try bench.keyring.unwrap(key.id).intoSecret()
            expectShut(HoldBoxKey(BoxCipher(xchacha20Poly1305: secret, named: holdKey)))
        }
        // And a handle of the hold's name, with another secret.
        let other = Array(text(HoldHandle.generate())[30...])
        #expect(
            await code { try await scene.scope.track2(Array(scene.text[..<30]) + other) }
                == .handleRefused)
        #expect(try await scene.scope.track2(scene.text) == Held.track2)
    }

    @Test func `open a copy from before the redeem with the used handle, until the key is gone`()
        async throws
    {
        let scene = try await Scene()
        let bench = scene.bench
        try await (bench.store as? SQLiteStore)?.checkpoint()
        for copy in ["a.db", "b.db"] {
            try FileManager.default.copyItem(
                atPath: bench.storePath, toPath: "\(bench.folder)/\(copy)")
        }
        #expect(try await scene.scope.track2(scene.text) == Held.track2)
        #expect(await code { try await scene.scope.track2(scene.text) } == .notFound)
        // Whoever kept the store as it was, and the handle, and may unlock the keyring.
        let before = try await Vault(
            keyring: bench.unlocked(), store: SQLiteStore(path: "\(bench.folder)/a.db"),
            patience: Bench.patience, logger: Bench.silence, now: scene.clock.read)
        #expect(try await before.scope("default").track2(scene.text) == Held.track2)
        try bench.destroyHoldKeys()
        let after = try await Vault(
            keyring: bench.unlocked(), store: SQLiteStore(path: "\(bench.folder)/b.db"),
            patience: Bench.patience, logger: Bench.silence, now: scene.clock.read)
        let scope = try await after.scope("default")
        #expect(await refusal { try await scope.track2(scene.text) } == VaultErrors.notFound)
        #expect(
            await refusal { try await scope.hold(sample: .track2) }
                == VaultError(.noSealingKey, subject: "hold"))
        #expect(try await holds(bench).isEmpty)
    }

    @Test(arguments: [(Fence.openOnly, false), (.closing, true), (.closed, true)])
    func `open nothing under a key that the store has closed`(
        _ fence: Fence, _ isShut: Bool
    ) async throws {
        let scene = try await Scene()
        let vault = scene.bench.vault
        let rows = try await vault.stored(nil).keys.map {
            $0.key.purpose == .hold ? $0.with(fence) : $0
        }
        try await vault.put(rows, of: nil)
        // A process that runs learns it with its next deed.
        #expect(
            await refusal { try await scene.scope.hold(sample: .track2) }
                == VaultError(.noSealingKey, subject: "hold"))
        let refused = await refusal { try await scene.scope.track2(scene.text) }
        #expect(refused == (isShut ? VaultErrors.notFound : nil))
    }
}
