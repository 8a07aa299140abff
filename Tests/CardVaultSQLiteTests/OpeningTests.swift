// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import Testing

@Suite("Opening a store") struct OpeningTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Why the file does not open.
    private func refusalToOpen(_ name: String = "cards.db") async -> StoreError? {
        await refusal { _ = try SQLiteStore(path: scratch.path(name)) }
    }

    @Test func `says that there is no file, and makes none`() async throws {
        #expect(await refusalToOpen() == StoreError(.missing))
        #expect(await refusalToOpen("none/cards.db") == StoreError(.missing))
        #expect(await refusal { _ = try SQLiteStore(path: "") }?.code != nil)
        #expect(
            await refusal { _ = try SQLiteStore(path: scratch.path("a\0b")) }
                == StoreError(.missing))
        #expect(try scratch.names().isEmpty)
    }

    @Test func `says that there is no folder`() async {
        let error = await refusal { _ = try SQLiteStore.create(path: scratch.path("none/a")) }
        #expect(error == StoreError(.missing, systemCode: ENOENT))
    }

    @Test func `makes files for the owner alone`() async throws {
        let store = try await scratch.store()
        _ = try await store.insert(card(1))
        #expect(
            try scratch.names()
                == ["cards.db", "cards.db-shm", "cards.db-wal", "cards.db.lock"])
        for name in try scratch.names() {
            #expect(try scratch.permissions(of: name) == 0o600)
        }
    }

    @Test func `takes an empty file, and what was made before`() async throws {
        try scratch.write([])
        let store = try SQLiteStore(path: scratch.path())
        #expect(try await store.read { reader throws(StoreError) in try reader.vault() } == nil)
        try await store.write { transaction throws(StoreError) in
            try transaction.reset(for: .random())
        }
        _ = try await store.insert(card(1))
        let again = try SQLiteStore.create(path: scratch.path())
        #expect(try await again.card(card(1).record.token) == card(1).record)
        #expect(!again.isEphemeral)
    }

    @Test(arguments: [100, 512, 4_096]) func `refuses a file that is none`(_ count: Int)
        async throws
    {
        try scratch.write((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) })
        #expect(await refusalToOpen()?.code == .notAStore)
        #expect(try scratch.names() == ["cards.db"])
    }

    @Test(arguments: [
        "CREATE TABLE a (b)", "PRAGMA application_id = 1", "PRAGMA user_version = 7",
        "PRAGMA application_id = 1; CREATE TABLE a (b)",
    ])
    func `refuses the database of another program, and leaves it as it is`(
        _ sql: String
    ) async throws {
        #expect(try Foreigner(scratch.path()).execute(sql) == 0)
        let before = try Data(contentsOf: URL(filePath: scratch.path()))
        #expect(await refusalToOpen() == StoreError(.notAStore))
        #expect(try Data(contentsOf: URL(filePath: scratch.path())) == before)
        #expect(try scratch.names() == ["cards.db"])
    }

    @Test func `refuses the schema of a later release, and one of none`() async throws {
        _ = try await scratch.store()
        let foreigner = try Foreigner(scratch.path())
        #expect(foreigner.execute("PRAGMA user_version = 4") == 0)
        #expect(await refusalToOpen() == StoreError(.newerSchema))
        #expect(foreigner.execute("PRAGMA user_version = 0") == 0)
        #expect(await refusalToOpen() == StoreError(.corrupt))
        // The tables are not those of an older schema, so there is nothing to upgrade.
        for version in [1, 2] {
            #expect(foreigner.execute("PRAGMA user_version = \(version)") == 0)
            #expect(await refusalToOpen()?.code == .failed)
        }
        #expect(foreigner.execute("PRAGMA user_version = 3") == 0)
        #expect(await refusalToOpen() == nil)
    }

    @Test func `is not refused by a folder`() async throws {
        try FileManager.default.createDirectory(
            atPath: scratch.path(), withIntermediateDirectories: false)
        #expect(await refusalToOpen()?.code == .failed)
    }

    @Test func `by a link meets the lock of the file itself`() async throws {
        let store = try await scratch.store()
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path("link.db"), withDestinationPath: scratch.path())
        let linked = try SQLiteStore(path: scratch.path("link.db"))
        _ = try await linked.insert(card(1))
        #expect(try await store.card(card(1).record.token) != nil)
        #expect(try !scratch.names().contains("link.db.lock"))
    }

    @Test func `takes no name for anything but a file`() async {
        await #expect(processExitsWith: .success) {
            let scratch = try Scratch()
            #expect(FileManager.default.changeCurrentDirectoryPath(scratch.folder))
            for name in [":memory:", "file:a.db?mode=memory", "plain.db"] {
                let store = try SQLiteStore.create(path: name)
                try await store.write { transaction throws(StoreError) in
                    try transaction.reset(for: .random())
                }
                _ = try await store.insert(card(1))
                let again = try SQLiteStore(path: name)
                let found = try await again.card(card(1).record.token)
                #expect(found != nil)
                #expect(scratch.size(of: name) != nil)
            }
        }
    }

    @Test func `sets what durability needs`() async throws {
        let store = try await scratch.store()
        let settings = try await store.settings([
            "journal_mode", "synchronous", "wal_autocheckpoint", "secure_delete", "temp_store",
            "trusted_schema",
        ])
        #expect(settings == ["wal", "2", "0", "1", "2", "0"])
    }
}

extension SQLiteStore {
    /// Settings of the connection that writes.
    fileprivate func settings(_ names: [String]) async throws(StoreError) -> [String] {
        try withWriter { connection throws(StoreError) in
            var values: [String] = []
            for name in names {
                let statement = try connection.prepare("PRAGMA \(name)")
                guard try statement.step() else { throw StoreError(.failed) }
                values.append(statement.text(0))
            }
            return values
        }
    }
}
