// SPDX-License-Identifier: Apache-2.0
internal import CSQLite
@testable internal import CardKeys
internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import Testing

/// A store of an older release meets this one: of 0.1.0, whose tables are those of the first
/// schema, or of 0.2.0, whose tables are those of the second.
@Suite("Upgrading a store") struct UpgradeTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try FileManager.default.copyItem(atPath: Self.golden, toPath: scratch.path())
    }

    private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Golden/0.1.0/cards.db").path

    private func bytes() throws -> Data { try Data(contentsOf: URL(filePath: scratch.path())) }

    private func rows(_ sql: String) throws -> [String] { try scratch.rows(sql) }

    private static let tables = [
        "audit", "audit_heads", "cards", "fingerprints", "holds", "key_sets", "keys", "pin",
        "registers", "vault",
    ]

    /// Makes the store of 0.1.0 one of a later schema.
    private func grow(to version: Int) throws {
        guard version > 1 else { return }
        _ = try SQLiteStore(path: scratch.path())
        let sql = "DROP TABLE registers; PRAGMA user_version = 2"
        #expect(try Foreigner(scratch.path()).execute(sql) == 0)
    }

    private func expectUpgraded() throws {
        #expect(try rows("PRAGMA user_version") == ["3"])
        #expect(
            try rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
                == Self.tables)
        #expect(try rows("SELECT count(*) FROM cards") == ["100"])
        #expect(try rows("PRAGMA integrity_check") == ["ok"])
    }

    private func expectOld(_ version: Int = 1) throws {
        #expect(try rows("PRAGMA user_version") == ["\(version)"])
        #expect(try rows("SELECT name FROM pragma_table_info('pin')").count == 6 + version)
        #expect(
            try rows("SELECT name FROM sqlite_schema WHERE name = 'holds'").count == version - 1)
        #expect(try rows("SELECT name FROM sqlite_schema WHERE name = 'registers'").isEmpty)
        #expect(try rows("SELECT count(*) FROM cards") == ["100"])
    }

    @Test(arguments: [1, 2])
    func `keeps what is there, and adds what is new`(_ version: Int) async throws {
        try grow(to: version)
        try expectOld(version)
        let fingerprints = try rows("SELECT hex(fingerprint || token) FROM fingerprints")
        let cards = try rows("SELECT hex(token || box) || display || created FROM cards")
        for _ in 0..<3 {
            let store = try SQLiteStore(path: scratch.path())
            try expectUpgraded()
            try await store.read { reader throws(StoreError) in
                #expect(try reader.pin()?.auditChainCount == 0)
                #expect(try reader.holds().isEmpty)
                #expect(try reader.auditHead() == nil)
                #expect(try reader.auditEntries(from: 1, limit: 10).isEmpty)
                for register in Register.allCases {
                    #expect(try reader.rows(of: register).isEmpty)
                }
            }
        }
        #expect(try rows("SELECT hex(fingerprint || token) FROM fingerprints") == fingerprints)
        #expect(
            try rows("SELECT hex(token || box) || display || created FROM cards") == cards)
    }

    @Test(arguments: [1, 2])
    func `makes the tables that a new store has`(_ version: Int) async throws {
        try grow(to: version)
        let sql = "SELECT type || name || tbl_name FROM sqlite_schema ORDER BY type, name"
        _ = try SQLiteStore(path: scratch.path())
        let upgraded = try rows(sql)
        try FileManager.default.removeItem(atPath: scratch.path())
        for name in ["cards.db-wal", "cards.db-shm"] {
            try FileManager.default.removeItem(atPath: scratch.path(name))
        }
        _ = try await scratch.store()
        #expect(try rows(sql) == upgraded)
    }

    @Test func `is done once by many that open it at once`() async throws {
        let path = scratch.path()
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let store = try SQLiteStore(path: path)
                    return try await store.read { reader throws(StoreError) in
                        try reader.holds().count + reader.auditEntries(from: 1, limit: 9).count
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == [Int](repeating: 0, count: 16))
        try expectUpgraded()
    }

    @Test func `is done once by several processes`() async throws {
        let path = scratch.path()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    await #expect(processExitsWith: .success) {
                        [path = path as String, number = number as Int] in
                        let store = try SQLiteStore(path: path)
                        _ = try await store.insert(card(number))
                    }
                }
            }
        }
        #expect(try rows("SELECT count(*) FROM cards") == ["104"])
        #expect(try rows("PRAGMA user_version") == ["3"])
        #expect(try rows("PRAGMA integrity_check") == ["ok"])
    }

    @Test func `is refused for the schema of a later release, which stays as it is`() async throws {
        #expect(try Foreigner(scratch.path()).execute("PRAGMA user_version = 4") == 0)
        let before = try bytes()
        #expect(
            await refusal { _ = try SQLiteStore(path: scratch.path()) }
                == StoreError(.newerSchema))
        #expect(try bytes() == before)
        #expect(try rows("PRAGMA user_version") == ["4"])
    }

    @Test(arguments: [(1, "audit"), (1, "registers"), (2, "registers")])
    func `that cannot be done in whole is not done in part`(
        _ version: Int, _ table: String
    ) async throws {
        try grow(to: version)
        let foreigner = try Foreigner(scratch.path())
        #expect(foreigner.execute("CREATE TABLE \(table) (a)") == 0)
        #expect(await refusal { _ = try SQLiteStore(path: scratch.path()) }?.code == .failed)
        #expect(foreigner.execute("DROP TABLE \(table)") == 0)
        try expectOld(version)
        _ = try SQLiteStore(path: scratch.path())
        try expectUpgraded()
    }

    @Test func `waits for the lock of another process, and then gives up`() async throws {
        let lock = try LockFile(scratch.path("cards.db.lock"))
        try lock.lock()
        let hasty = SQLiteStore.Options(patience: .milliseconds(20))
        #expect(
            await refusal { _ = try SQLiteStore(path: scratch.path(), options: hasty) }
                == StoreError(.busy, systemCode: EWOULDBLOCK))
        try expectOld()
        lock.unlock()
        _ = try SQLiteStore(path: scratch.path(), options: hasty)
        try expectUpgraded()
    }

    #if os(Linux)
        @Test(arguments: [0o777, 0o555])
        func `of a file that may not be written is an error, and leaves it as it was`(
            _ permissions: Int
        ) async throws {
            let before = try bytes()
            let path = scratch.path()
            try permit(0o444, path)
            try permit(permissions, scratch.folder)
            await #expect(processExitsWith: .success) { [path = path as String] in
                // Permissions do not stop the system's first user, so the process becomes nobody.
                try #require(getuid() != 0 || setuid(65_534) == 0)
                let error = await refusal { _ = try SQLiteStore(path: path) }
                #expect(error?.code == .readOnly)
            }
            try permit(0o755, scratch.folder)
            try permit(0o600, path)
            #expect(try bytes() == before)
            _ = try SQLiteStore(path: path)
            try expectUpgraded()
        }

        @Test func `on a disk that takes no more is an error, and leaves it as it was`()
            async throws
        {
            let before = try bytes()
            let path = scratch.path()
            // A log that is long already, which nobody copies into the file.
            let connection = try SQLiteConnection(path: path, patience: .seconds(10))
            for step in [1, 1, -1, -1] {
                try connection.execute("UPDATE cards SET created = created + \(step)")
            }
            #expect(try #require(scratch.size(of: "cards.db-wal")) > 40_000)
            await #expect(processExitsWith: .success) { [path = path as String] in
                let fileSize = Int32(1)
                var limit = rlimit()
                try #require(unsafe getrlimit(.init(fileSize), &limit) == 0)
                // A write past the limit fails as one to a full disk does.
                limit.rlim_cur = 40_000
                signal(SIGXFSZ, SIG_IGN)
                try #require(unsafe setrlimit(.init(fileSize), &limit) == 0)
                let error = await refusal { _ = try SQLiteStore(path: path) }
                #expect(error?.code == .full || error?.code == .failed)
            }
            #expect(try bytes() == before)
            try expectOld()
            _ = try SQLiteStore(path: path)
            try expectUpgraded()
        }

        private func permit(_ permissions: Int, _ path: String) throws {
            try FileManager.default.setAttributes(
                [.posixPermissions: permissions], ofItemAtPath: path)
        }
    #endif
}
