// SPDX-License-Identifier: Apache-2.0
internal import CSQLite
internal import CardCrypto
internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import Testing

/// A store with the cards 0 to 99 gives its place to one with the cards 1,000 to 1,999.
@Suite("Putting a copy in a store's place") struct ReplacementTests {
    private let scratch: Scratch
    private let old = 0..<100
    private let new = 1_000..<2_000

    init() throws { scratch = try Scratch() }

    /// The store, and beside it the copy `new.db`.
    private func prepare() async throws -> SQLiteStore {
        try await scratch.makeCopy(of: new)
        let store = try await scratch.store()
        try await store.insert(old)
        return store
    }

    private func expect(_ numbers: Range<Int>, in store: SQLiteStore) async throws {
        let places = try numbers.map { try card($0).record.token.stored }
        #expect(try await store.cards().map(\.place) == places)
    }

    private func expectGone(_ store: SQLiteStore) async throws {
        let missing = StoreError(.missing)
        #expect(await refusal { try await store.card(card(0).record.token) } == missing)
        #expect(await refusal { try await store.card(card(1_000).record.token) } == missing)
        #expect(await refusal { try await store.cards() } == missing)
        #expect(await refusal { try await store.insert(card(7_000)) } == missing)
        #expect(await refusal { try await store.checkpoint() } == missing)
        #expect(await refusal { try await store.copy(to: scratch.path("c.db")) } == missing)
    }

    @Test func `puts every value of the old store out of use`() async throws {
        let store = try await prepare()
        let other = try SQLiteStore(path: scratch.path())
        try await expect(old, in: other)
        try await store.replace(with: scratch.path("new.db"), keepingOldAs: nil)
        try await expectGone(store)
        try await expectGone(other)
        for count in 0..<2 {
            let again = try SQLiteStore(path: scratch.path())
            try await expect(1_000..<2_000 + count, in: again)
            try await expectGone(store)
            _ = try await again.insert(card(2_000 + count))
            try await again.checkpoint()
        }
        #expect(
            try scratch.names() == ["cards.db", "cards.db-shm", "cards.db-wal", "cards.db.lock"])
        #expect(try scratch.permissions(of: "cards.db") == 0o600)
        #expect(try scratch.rows("PRAGMA integrity_check") == ["ok"])
    }

    @Test func `keeps the old store where it is told to`() async throws {
        do {
            let store = try await prepare()
            try await store.replace(
                with: scratch.path("new.db"), keepingOldAs: scratch.path("cards.db.before-restore"))
            try await expect(new, in: SQLiteStore(path: scratch.path()))
        }
        let kept = try SQLiteStore.open(copy: scratch.path("cards.db.before-restore"))
        try await expect(old, in: kept)
        #expect(try scratch.rows("PRAGMA integrity_check", in: "cards.db.before-restore") == ["ok"])
        #expect(try scratch.permissions(of: "cards.db.before-restore") == 0o600)
    }

    @Test func `takes a copy that others could read, or that was being written`() async throws {
        let store = try await prepare()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: scratch.path("new.db"))
        // A log that nobody copied into the file.
        let foreigner = try Foreigner(scratch.path("new.db"))
        for sql in [
            "PRAGMA journal_mode = WAL", "PRAGMA wal_autocheckpoint = 0", "DELETE FROM cards",
        ] {
            #expect(foreigner.execute(sql) == 0)
        }
        for end in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: scratch.path("new.db\(end)"), toPath: scratch.path("next.db\(end)"))
        }
        try await store.replace(with: scratch.path("next.db"), keepingOldAs: nil)
        #expect(try await SQLiteStore(path: scratch.path()).cards().isEmpty)
        #expect(try scratch.permissions(of: "cards.db") == 0o600)
        #expect(try scratch.names().filter { $0.hasPrefix("next") }.isEmpty)
    }

    @Test func `refuses what is no store, and leaves the old one as it was`() async throws {
        let store = try await prepare()
        let manager = FileManager.default
        try scratch.write([], to: "empty")
        try scratch.write([UInt8](repeating: 9, count: 5_000), to: "noise")
        try manager.copyItem(atPath: scratch.path("new.db"), toPath: scratch.path("later"))
        #expect(try Foreigner(scratch.path("later")).execute("PRAGMA user_version = 4") == 0)
        try manager.linkItem(atPath: scratch.path(), toPath: scratch.path("itself"))
        let codes: [(String, StoreError.Code)] = [
            ("empty", .notAStore), ("noise", .notAStore), ("later", .newerSchema),
            ("none", .missing), ("cards.db", .failed), ("itself", .failed),
        ]
        let names = try scratch.names()
        for (name, code) in codes {
            let error = await refusal {
                try await store.replace(
                    with: scratch.path(name), keepingOldAs: scratch.path("kept"))
            }
            #expect(error?.code == code)
        }
        #expect(try scratch.names() == names)
        _ = try await store.insert(card(100))
        try await expect(0..<101, in: store)
    }

    @Test func `refuses a name for the old store that something has`() async throws {
        let store = try await prepare()
        try scratch.write([1], to: "kept")
        let error = await refusal {
            try await store.replace(
                with: scratch.path("new.db"), keepingOldAs: scratch.path("kept"))
        }
        #expect(error == StoreError(.failed, systemCode: EEXIST))
        #expect(scratch.size(of: "kept") == 1)
        try await expect(old, in: store)
        try await store.replace(with: scratch.path("new.db"), keepingOldAs: nil)
        try await expect(new, in: SQLiteStore(path: scratch.path()))
    }

    /// It is the same file as the store, and would be gone with it.
    @Test(arguments: ["cards.db", "./cards.db", "link"])
    func `refuses its own name for the old store`(_ name: String) async throws {
        let store = try await prepare()
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path("link"), withDestinationPath: scratch.path())
        let error = await refusal {
            try await store.replace(
                with: scratch.path("new.db"), keepingOldAs: scratch.path(name))
        }
        #expect(error == StoreError(.failed, systemCode: EEXIST))
        try await expect(old, in: SQLiteStore(path: scratch.path()))
    }

    @Test func `refuses a name for the old store whose log something is`() async throws {
        let store = try await prepare()
        try scratch.write([1], to: "kept-wal")
        let error = await refusal {
            try await store.replace(
                with: scratch.path("new.db"), keepingOldAs: scratch.path("kept"))
        }
        #expect(error == StoreError(.failed, systemCode: EEXIST))
        #expect(scratch.size(of: "kept") == nil && scratch.size(of: "kept-wal") == 1)
        try await expect(old, in: store)
    }

    #if os(Linux)
        @Test func `refuses a copy on another disk`() async throws {
            let store = try await prepare()
            let path = "/dev/shm/card-vault-\(UUID().uuidString).db"
            try #require(FileManager.default.fileExists(atPath: "/dev/shm"))
            defer { try? FileManager.default.removeItem(atPath: path) }
            try await store.copy(to: path)
            let error = await refusal { try await store.replace(with: path, keepingOldAs: nil) }
            #expect(error == StoreError(.failed, systemCode: EXDEV))
            _ = try await store.insert(card(100))
            try await expect(0..<101, in: SQLiteStore(path: scratch.path()))
        }
    #endif

    @Test func `is busy while somebody reads from the log`() async throws {
        _ = try await prepare()
        let hasty = try SQLiteStore(
            path: scratch.path(), options: SQLiteStore.Options(patience: .milliseconds(20)))
        let reader = try Foreigner(scratch.path())
        #expect(reader.execute("BEGIN; SELECT * FROM cards") == 0)
        let replace = { try await hasty.replace(with: scratch.path("new.db"), keepingOldAs: nil) }
        #expect(await refusal(replace) == StoreError(.busy, systemCode: SQLITE_BUSY))
        _ = try await hasty.insert(card(100))
        try await expect(0..<101, in: hasty)
        #expect(reader.execute("COMMIT") == 0)
        #expect(await refusal(replace) == nil)
        try await expect(new, in: SQLiteStore(path: scratch.path()))
    }

    @Test func `mixes nothing into a read that is running`() async throws {
        let store = try await prepare()
        let other = try SQLiteStore(path: scratch.path())
        // With an empty log, readers need none of it, and nobody waits for them.
        try store.withWriter { connection throws(StoreError) in try connection.emptyLog() }
        var counts: [Int] = []
        let error = await refusal {
            try await other.read { reader throws(StoreError) in
                counts.append(try reader.count(.card, of: KeyNumber(rawValue: 1)))
                try store.replace(with: scratch.path("new.db"), keepingOldAs: nil) { _ in }
                let after = try SQLiteStore(path: scratch.path())
                try after.withWriter { connection throws(StoreError) in
                    try connection.execute("DELETE FROM fingerprints")
                    try connection.checkpoint()
                }
                counts.append(try reader.count(.card, of: KeyNumber(rawValue: 1)))
                counts.append(try reader.count(.fingerprint, of: KeyNumber(rawValue: 2)))
            }
        }
        #expect(error == StoreError(.missing))
        #expect(counts == [100, 100, 100])
    }
}

extension Scratch {
    /// Makes the copy `new.db` of a store with these cards.
    func makeCopy(of numbers: Range<Int>) async throws {
        let store = try SQLiteStore.create(path: path("source.db"))
        try await store.write { transaction throws(StoreError) in
            try transaction.reset(for: .random())
        }
        try await store.insert(numbers)
        try await store.copy(to: path("new.db"))
        for end in ["", "-wal", "-shm", ".lock"] {
            try FileManager.default.removeItem(atPath: path("source.db\(end)"))
        }
    }
}
