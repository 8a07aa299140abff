// SPDX-License-Identifier: Apache-2.0
internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Checkpoints") struct CheckpointTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func insert(_ range: Range<Int>, into store: SQLiteStore) async throws {
        for number in range { _ = try await store.insert(card(number)) }
    }

    private func missingCount(_ range: Range<Int>, in store: SQLiteStore) async throws -> Int {
        var count = 0
        for number in range
        where try await store.card(card(number).record.token) != card(number).record { count += 1 }
        return count
    }

    @Test func `are taken by nobody before the log is long`() async throws {
        do {
            let store = try await scratch.store()
            let before = scratch.size(of: "cards.db")
            // SQLite by itself would take one after 1,000 pages, and one at the close.
            let cards = try (0..<20_000).map { try card($0) }
            _ = try await store.write { transaction throws(StoreError) in
                try transaction.insert(cards)
            }
            try await insert(20_000..<20_003, into: store)
            #expect(try #require(scratch.size(of: "cards.db-wal")) > 1_000 * 4_096)
            #expect(scratch.size(of: "cards.db") == before)
        }
        #expect(try #require(scratch.size(of: "cards.db-wal")) > 1_000 * 4_096)
        #expect(try await missingCount(19_990..<20_003, in: SQLiteStore(path: scratch.path())) == 0)
    }

    @Test func `are taken when the log is long, so that it grows no more`() async throws {
        _ = try await scratch.store()
        let store = try SQLiteStore(
            path: scratch.path(), options: SQLiteStore.Options(checkpointPageCount: 50))
        try await insert(0..<100, into: store)
        #expect(try #require(scratch.size(of: "cards.db-wal")) < 80 * 4_200)
        try await insert(100..<300, into: store)
        #expect(try #require(scratch.size(of: "cards.db-wal")) < 80 * 4_200)
        #expect(try await missingCount(0..<300, in: store) == 0)
    }

    @Test func `are taken on request`() async throws {
        let store = try await scratch.store()
        try await insert(0..<50, into: store)
        let before = try #require(scratch.size(of: "cards.db"))
        try await store.checkpoint()
        #expect(try #require(scratch.size(of: "cards.db")) > before)
        // The next transaction begins the log anew.
        let log = scratch.size(of: "cards.db-wal")
        try await insert(50..<60, into: store)
        #expect(scratch.size(of: "cards.db-wal") == log)
        #expect(try await missingCount(0..<60, in: store) == 0)
    }

    @Test func `wait for no reader`() async throws {
        let store = try await scratch.store()
        try await insert(0..<5, into: store)
        let reader = try Foreigner(scratch.path())
        #expect(reader.execute("BEGIN; SELECT * FROM cards") == 0)
        try await insert(5..<10, into: store)
        try await store.checkpoint()
        #expect(try await missingCount(0..<10, in: store) == 0)
        #expect(reader.execute("COMMIT") == 0)
    }

    @Test func `do not lose the locks of a store that is opened twice`() async throws {
        let store = try await scratch.store()
        try await insert(0..<5, into: store)
        // A second store on the file, in the same process, must not free the locks of the first.
        _ = try SQLiteStore.create(path: scratch.path())
        _ = try SQLiteStore(path: scratch.path())
        // Another process that is the last to close copies the log and removes it.
        let shell = try ChildProgram(
            "/usr/bin/env", ["sqlite3", scratch.path(), "SELECT count(*) FROM cards"])
        // 127: there is no such program on this machine, and nothing is shown.
        #expect([.exit(0), .exit(127)].contains(shell.wait()))
        #expect(scratch.size(of: "cards.db-wal") != nil)
        try await insert(5..<10, into: store)
        #expect(try await missingCount(0..<10, in: SQLiteStore(path: scratch.path())) == 0)
    }
}
