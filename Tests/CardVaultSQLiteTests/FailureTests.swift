// SPDX-License-Identifier: Apache-2.0
internal import CSQLite
internal import CardCrypto
@testable internal import CardKeys
internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import Testing

@Suite("A store that fails") struct FailureTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func hasty() throws -> SQLiteStore {
        try SQLiteStore(
            path: scratch.path(), options: SQLiteStore.Options(patience: .milliseconds(20)))
    }

    private func rowCount(_ store: SQLiteStore, _ table: String) async throws -> Int64 {
        try store.withWriter { connection throws(StoreError) in
            let statement = try connection.prepare("SELECT count(*) FROM \(table)")
            guard try statement.step() else { throw StoreError(.failed) }
            return statement.integer(0)
        }
    }

    @Test func `is busy while another program writes, and serves readers`() async throws {
        let store = try await scratch.store()
        _ = try await store.insert(card(1))
        let hasty = try hasty()
        let other = try Foreigner(scratch.path())
        #expect(other.execute("BEGIN IMMEDIATE") == 0)
        #expect(
            await refusal { try await hasty.insert(card(2)) }
                == StoreError(.busy, systemCode: SQLITE_BUSY))
        #expect(try await hasty.card(card(1).record.token) != nil)
        #expect(other.execute("COMMIT") == 0)
        #expect(try await hasty.insert(card(2)) == [.inserted])
    }

    @Test func `is busy while another process holds its lock`() async throws {
        _ = try await scratch.store()
        let hasty = try hasty()
        let lock = try LockFile(scratch.path("cards.db.lock"))
        try lock.lock()
        let busy = StoreError(.busy, systemCode: EWOULDBLOCK)
        #expect(await refusal { try await hasty.insert(card(1)) } == busy)
        #expect(await refusal { try await hasty.checkpoint() } == busy)
        lock.unlock()
        #expect(try await hasty.insert(card(1)) == [.inserted])
    }

    @Test func `is full, keeps what it said it has, and goes on when there is room`()
        async throws
    {
        let store = try await scratch.store()
        try store.withWriter { connection throws(StoreError) in
            try connection.execute("PRAGMA max_page_count = 40")
        }
        var (storedCount, error) = (0, StoreError?.none)
        while error == nil, storedCount < 5_000 {
            let number = storedCount
            error = await refusal {
                let cards = try (0..<10).map { try card(number + $0) }
                _ = try await store.write { transaction throws(StoreError) in
                    try transaction.insert(cards)
                }
            }
            if error == nil { storedCount += 10 }
        }
        #expect(error == StoreError(.full, systemCode: SQLITE_FULL))
        #expect(storedCount > 0)
        #expect(try await rowCount(store, "cards") == storedCount)
        #expect(try await rowCount(store, "fingerprints") == storedCount)
        try store.withWriter { connection throws(StoreError) in
            try connection.execute("PRAGMA max_page_count = 4000")
        }
        #expect(try await store.insert(card(storedCount)) == [.inserted])
    }

    @Test func `may not be written`() async throws {
        let store = try await scratch.store()
        _ = try await store.insert(card(1))
        try store.withWriter { connection throws(StoreError) in
            try connection.execute("PRAGMA query_only = ON")
        }
        #expect(
            await refusal { try await store.insert(card(2)) }
                == StoreError(.readOnly, systemCode: SQLITE_READONLY))
        #expect(try await store.card(card(1).record.token) != nil)
        try store.withWriter { connection throws(StoreError) in
            try connection.execute("PRAGMA query_only = OFF")
        }
        #expect(try await store.insert(card(2)) == [.inserted])
    }

    @Test func `of somebody else's may not be written`() async {
        await #expect(processExitsWith: .success) {
            let scratch = try Scratch()
            _ = try await scratch.store()
            let manager = FileManager.default
            for name in try scratch.names() {
                try manager.setAttributes(
                    [.posixPermissions: 0o444], ofItemAtPath: scratch.path(name))
            }
            try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: scratch.folder)
            // Permissions do not stop the system's first user, so the process becomes nobody.
            if geteuid() == 0 { #expect(seteuid(65_534) == 0) }
            let error = await refusal {
                let store = try SQLiteStore(path: scratch.path())
                _ = try await store.insert(card(1))
            }
            #expect(error?.code == .readOnly)
            if getuid() == 0 { #expect(seteuid(0) == 0) }
            try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: scratch.folder)
        }
    }

    @Test func `takes nothing when its file was moved away`() async throws {
        let store = try await scratch.store()
        _ = try await store.insert(card(1))
        let manager = FileManager.default
        try manager.moveItem(atPath: scratch.path(), toPath: scratch.path("away.db"))
        #expect(await refusal { try await store.insert(card(2)) } == StoreError(.missing))
        // Nor when another file is in its place.
        try scratch.write([])
        #expect(await refusal { try await store.insert(card(2)) } == StoreError(.missing))
        try manager.removeItem(atPath: scratch.path())
        try manager.moveItem(atPath: scratch.path("away.db"), toPath: scratch.path())
        #expect(try await store.insert(card(2)) == [.inserted])
    }

    @Test func `goes on after a statement that failed`() async throws {
        let store = try await scratch.store()
        let wrong = try card(1)
        let twice = try KeySetSamples.twice()
        let error = await refusal {
            try await store.write { transaction throws(StoreError) in
                _ = try transaction.insert([wrong])
                try transaction.put(twice)
            }
        }
        #expect(error == StoreError(.failed, systemCode: 1_555))
        #expect(try await store.card(wrong.record.token) == nil)
        #expect(try await store.insert(wrong) == [.inserted])
    }

    @Test(arguments: [
        "UPDATE cards SET brand = 16", "UPDATE cards SET brand = -1",
        "UPDATE cards SET format = 0", "UPDATE cards SET format = 257",
        "UPDATE cards SET display = '4111111111111111'", "UPDATE cards SET display = ''",
        "UPDATE cards SET expiry = 0", "UPDATE cards SET expiry = 203013",
        "UPDATE cards SET created = -1", "UPDATE cards SET created = 281474976710656",
        "UPDATE cards SET expires = -1",
    ])
    func `reads no card that none can be`(_ sql: String) async throws {
        let store = try await scratch.store()
        _ = try await store.insert(card(1))
        #expect(try Foreigner(scratch.path()).execute(sql) == 0)
        #expect(
            await refusal { try await store.card(card(1).record.token) } == StoreError(.corrupt))
    }

    @Test(arguments: [
        "UPDATE holds SET kind = 0", "UPDATE holds SET kind = 4", "UPDATE holds SET kind = 257",
        "UPDATE holds SET scope = ''", "UPDATE holds SET scope = 'A'",
        "UPDATE holds SET created = -1", "UPDATE holds SET expires = -1",
        "UPDATE holds SET expires = 281474976710656",
    ])
    func `reads no hold that none can be`(_ sql: String) async throws {
        let store = try await scratch.store()
        let hold = try hold(1)
        try await store.write { transaction throws(StoreError) in try transaction.insert(hold) }
        #expect(try Foreigner(scratch.path()).execute(sql) == 0)
        #expect(
            await refusal {
                try await store.read { reader throws(StoreError) in try reader.hold(hold.id) }
            } == StoreError(.corrupt))
        #expect(
            await refusal {
                try await store.read { reader throws(StoreError) in try reader.holds() }
            } == StoreError(.corrupt))
    }

    /// What has no name is removed too: it must not keep the others from being swept.
    @Test func `sweeps what does not decode, and names the rest`() async throws {
        let store = try await scratch.store()
        let (hold, kept) = (try hold(1), try hold(2))
        try await store.write { transaction throws(StoreError) in
            try transaction.insert(hold)
            try transaction.insert(kept)
        }
        let sql = "UPDATE holds SET id = X'00' WHERE id = X'\(String(repeating: "02", count: 16))'"
        #expect(try Foreigner(scratch.path()).execute(sql) == 0)
        let swept = try await store.write { transaction throws(StoreError) in
            try transaction.sweep(at: .now(), limit: 9)
        }
        #expect(swept.holds == [hold.id])
        #expect(try await rowCount(store, "holds") == 0)
    }

    @Test func `reads no value that is too long to be one`() async throws {
        let store = try await scratch.store()
        _ = try await store.insert(card(1))
        let sql = "UPDATE cards SET box = zeroblob(100000)"
        #expect(try Foreigner(scratch.path()).execute(sql) == 0)
        #expect(
            await refusal { try await store.card(card(1).record.token) }
                == StoreError(.corrupt, systemCode: SQLITE_TOOBIG))
        #expect(
            await refusal { try await store.insert(card(2, boxByteCount: 100_000)) }
                == StoreError(.corrupt, systemCode: SQLITE_TOOBIG))
        #expect(try await store.insert(card(2)) == [.inserted])
    }

    @Test func `is one for many processes`() async throws {
        _ = try await scratch.store()
        let stores = try (0..<4).map { _ in try SQLiteStore(path: scratch.path()) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, store) in stores.enumerated() {
                group.addTask {
                    for number in 0..<25 {
                        _ = try await store.insert(card(index * 25 + number))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await rowCount(stores[0], "cards") == 100)
    }
}

private enum KeySetSamples {
    /// A set in which a number is given twice, which no store takes.
    static func twice() throws -> KeySet {
        var dates = KeyDates(created: .now())
        dates.enter(.active, at: .now())
        let keys = try [UInt8(1), 2].map { seed in
            let id = try #require(KeyID(bytes: [UInt8](repeating: seed, count: 32)))
            let key = KeyDescriptor(
                id: id, purpose: .seal, scope: nil, suite: .hmacSHA256, sequence: 1,
                state: .active, dates: dates)
            return StoredKey(
                number: KeyNumber(rawValue: 1), key: key, fence: .sealing, wrapping: nil)
        }
        return KeySet(
            scope: nil, epoch: 1, sealKey: keys[0].key.id, keys: keys,
            code: [UInt8](repeating: 0, count: 32))
    }
}
