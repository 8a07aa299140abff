// SPDX-License-Identifier: Apache-2.0
internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import Synchronization
internal import Testing

@Suite("Copying a store") struct CopyTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func filled(_ count: Int) async throws -> SQLiteStore {
        let store = try await scratch.store()
        try await store.insert(0..<count)
        return store
    }

    @Test func `makes one whole file, for the owner alone`() async throws {
        let store = try await filled(500)
        let copied = try await store.cards()
        try await store.copy(to: scratch.path("copy.db"))
        #expect(try scratch.permissions(of: "copy.db") == 0o600)
        #expect(
            try scratch.names().filter { $0.hasPrefix("copy") } == ["copy.db"])
        // Neither reads nor writes need a log: bytes 18 and 19 of the file, 1 each.
        let bytes = try Data(contentsOf: URL(filePath: scratch.path("copy.db")))
        #expect(Array(bytes[18..<20]) == [1, 1])
        #expect(try scratch.rows("PRAGMA integrity_check", in: "copy.db") == ["ok"])
        #expect(try scratch.rows("PRAGMA user_version", in: "copy.db") == ["3"])
        #expect(
            try scratch.rows("PRAGMA application_id", in: "copy.db")
                == ["\(SQLiteSchema.applicationID)"])
        let schema = "SELECT name || sql FROM sqlite_schema WHERE sql NOTNULL ORDER BY name"
        #expect(
            try scratch.rows(schema, in: "copy.db") == scratch.rows(schema, in: "cards.db"))
        let copy = try SQLiteStore.open(copy: scratch.path("copy.db"))
        #expect(try await copy.cards() == copied)
        #expect(try await copy.vault() == store.vault())
    }

    @Test func `is of one moment, and a writer goes on meanwhile`() async throws {
        let store = try await filled(200_000)
        let writer = CardWriter(store, from: 200_000)
        defer { writer.stop() }
        // On a busy machine the writer may get no turn during a copy.
        var (first, last) = (0, 0)
        for number in 0..<20 where last == first {
            if number > 0 {
                try FileManager.default.removeItem(atPath: scratch.path("copy.db"))
            }
            first = writer.next
            try await store.copy(to: scratch.path("copy.db"))
            last = writer.next
        }
        #expect(last > first)
        // What is acknowledged before the copy is in it, and it has no card without those before.
        let count = try #require(
            Int(try scratch.rows("SELECT count(*) FROM cards", in: "copy.db")[0]))
        #expect(first <= count && count <= last + 1)
        let copy = try SQLiteStore.open(copy: scratch.path("copy.db"))
        for number in [0, count - 1] { #expect(try await copy.has(number)) }
        #expect(try await !copy.has(count))
        #expect(
            try scratch.rows("SELECT count(*) FROM fingerprints", in: "copy.db") == ["\(count)"])
        #expect(try scratch.rows("PRAGMA integrity_check", in: "copy.db") == ["ok"])
    }

    @Test func `refuses a name that something has, and leaves that alone`() async throws {
        let store = try await filled(5)
        try scratch.write([1, 2, 3], to: "file")
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: scratch.path("folder"), withIntermediateDirectories: false)
        try manager.createSymbolicLink(
            atPath: scratch.path("link"), withDestinationPath: scratch.path("nowhere"))
        let names = try scratch.names()
        for name in ["file", "folder", "link", "cards.db"] {
            let error = await refusal { try await store.copy(to: scratch.path(name)) }
            #expect(error == StoreError(.failed, systemCode: EEXIST))
        }
        #expect(await refusal { try await store.copy(to: scratch.path("a/b")) }?.code == .missing)
        #expect(await refusal { try await store.copy(to: "\(scratch.path())\0a") } != nil)
        #expect(try scratch.names() == names)
        #expect(try Data(contentsOf: URL(filePath: scratch.path("file"))) == Data([1, 2, 3]))
    }

    @Test func `has a row that is too long to be read`() async throws {
        let store = try await filled(3)
        #expect(
            try Foreigner(scratch.path()).execute("UPDATE cards SET box = zeroblob(99999)") == 0)
        try await store.copy(to: scratch.path("copy.db"))
        let lengths = try scratch.rows("SELECT length(box) FROM cards", in: "copy.db")
        #expect(lengths == ["99999", "99999", "99999"])
    }

    @Test func `of a store that was moved is none`() async throws {
        let store = try await filled(3)
        try FileManager.default.moveItem(atPath: scratch.path(), toPath: scratch.path("away.db"))
        for _ in 0..<2 {
            #expect(
                await refusal { try await store.copy(to: scratch.path("copy.db")) }
                    == StoreError(.missing))
            #expect(scratch.size(of: "copy.db") == nil)
            // Nor of a file that took its place.
            if scratch.size(of: "cards.db") == nil { _ = try await scratch.store() }
        }
    }

    @Test func `is a store of its own, in one file`() async throws {
        let store = try await filled(10)
        try await store.copy(to: scratch.path("copy.db"))
        let names = try scratch.names()
        do {
            let copy = try SQLiteStore.open(copy: scratch.path("copy.db"))
            try await copy.insert(10..<20)
            #expect(try await copy.has(19))
            try await copy.checkpoint()
            try await copy.copy(to: scratch.path("second.db"))
        }
        #expect(try scratch.names() == names + ["second.db"])
        #expect(try await !store.has(19))
        let second = try SQLiteStore.open(copy: scratch.path("second.db"))
        #expect(try await second.cards().count == 20)
        let settings = try second.withWriter { connection throws(StoreError) in
            let statement = try connection.prepare("PRAGMA secure_delete")
            return try statement.step() ? statement.text(0) : ""
        }
        #expect(settings == "1")
    }

    @Test func `may be of a store that has a log`() async throws {
        _ = try await filled(10)
        // Somebody took the file and its log, and opens them as a copy.
        for end in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: scratch.path("cards.db\(end)"), toPath: scratch.path("copy.db\(end)"))
        }
        let copy = try SQLiteStore.open(copy: scratch.path("copy.db"))
        #expect(try await copy.cards().count == 10)
        #expect(try scratch.names().filter { $0.hasPrefix("copy") } == ["copy.db"])
    }

    @Test func `is not opened where it is none`() async throws {
        func refusal(_ name: String) async -> StoreError.Code? {
            await CardVaultSQLiteTests.refusal {
                _ = try SQLiteStore.open(copy: scratch.path(name))
            }?.code
        }
        #expect(await refusal("copy.db") == .missing)
        try scratch.write((0..<99).map { $0 }, to: "copy.db")
        #expect(await refusal("copy.db") == .notAStore)
        _ = try await filled(1)
        #expect(try Foreigner(scratch.path()).execute("PRAGMA user_version = 4") == 0)
        #expect(await refusal("cards.db") == .newerSchema)
    }

    #if os(Linux)
        @Test func `is read where nothing may be written`() async throws {
            let store = try await filled(10)
            try await store.copy(to: scratch.path("copy.db"))
            let path = scratch.path("copy.db")
            let manager = FileManager.default
            try manager.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
            try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: scratch.folder)
            await #expect(processExitsWith: .success) { [path = path as String] in
                // Permissions do not stop the system's first user, so the process becomes nobody.
                try #require(getuid() != 0 || setuid(65_534) == 0)
                let copy = try SQLiteStore.open(copy: path)
                let count = try await copy.cards().count
                #expect(count == 10)
                #expect(await refusal { try await copy.insert(20..<21) }?.code == .readOnly)
            }
            try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: scratch.folder)
        }

        @Test func `to a disk that takes no more is an error, and leaves nothing`() async throws {
            let store = try await filled(5_000)
            try await store.checkpoint()
            let path = scratch.path()
            await #expect(processExitsWith: .success) { [path = path as String] in
                let store = try SQLiteStore(path: path)
                var limit = rlimit()
                try #require(unsafe getrlimit(.init(Int32(1)), &limit) == 0)
                // A write past the limit fails as one to a full disk does.
                limit.rlim_cur = 200_000
                signal(SIGXFSZ, SIG_IGN)
                try #require(unsafe setrlimit(.init(Int32(1)), &limit) == 0)
                let error = await refusal { try await store.copy(to: "\(path).copy") }
                #expect(error?.code == .full || error?.code == .failed)
            }
            #expect(
                try scratch.names() == [
                    "cards.db", "cards.db-shm", "cards.db-wal", "cards.db.lock",
                ])
            #expect(try await store.cards().count == 5_000)
        }
    #endif
}

/// Stores one card after the other, on a thread of its own.
private final class CardWriter: Sendable {
    private let number: Mutex<Int>
    private let isStopped = Mutex(false)
    private let ended = DispatchSemaphore(value: 0)

    init(_ store: SQLiteStore, from first: Int) {
        number = Mutex(first)
        Thread.detachNewThread { [self] in
            defer { ended.signal() }
            while !isStopped.withLock({ $0 }) {
                do {
                    let card = try card(next)
                    _ = try store.withWriter { connection throws(StoreError) in
                        try connection.transaction(.beginImmediate) { () throws(StoreError) in
                            try SQLiteTransaction(connection).insert([card])
                        }
                    }
                    number.withLock { $0 += 1 }
                } catch {
                    Issue.record(error)
                    return
                }
            }
        }
    }

    /// The number of the first card that is not stored yet, or not known to be.
    var next: Int { number.withLock { $0 } }

    /// Ends after the card that is being stored.
    func stop() {
        isStopped.withLock { $0 = true }
        ended.wait()
    }
}
