// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
public import CardVault
internal import Synchronization

/// A vault's store in one SQLite file, which several processes of a machine may share.
///
/// Write transactions and checkpoints of all processes exclude each other through one lock beside the
/// file, `PATH.lock`. SQLite 3.7.0 to 3.51.2 can lose committed transactions when connections write and
/// checkpoint at once (its "WAL-reset bug"), so SQLite itself takes no checkpoint: not after a commit and
/// not when a connection closes. Keep `PATH`, `PATH-wal` and `PATH.lock` together.
public final class SQLiteStore: VaultStore {
    /// A log of so many pages (80 MB) is copied into the file.
    static let checkpointPageCount = 20_000

    private let pool: SQLitePool
    private let writer: Mutex<SQLiteConnection>
    private let lock: LockFile

    /// Opens the store at `path`.
    ///
    /// - Throws: `StoreError`: `missing` when there is no file, `notAStore`, `newerSchema`.
    public convenience init(path: String) throws(StoreError) {
        try self.init(path: path, isNew: false)
    }

    /// Opens the store at `path`, making an empty file, readable by its owner alone, when there is none.
    ///
    /// - Throws: `StoreError`.
    public static func create(path: String) throws(StoreError) -> SQLiteStore {
        try SQLiteStore(path: path, isNew: true)
    }

    private init(path: String, isNew: Bool) throws(StoreError) {
        lock = try Self.prepare(path, isNew: isNew)
        pool = SQLitePool(path: path)
        let connection = try SQLiteConnection(path: path, access: .readWrite)
        try connection.execute(SQLiteSchema.pragmas)
        _ = try SQLiteSchema.isThere(connection)
        try connection.execute("PRAGMA journal_mode = WAL")
        writer = Mutex(connection)
    }

    private static func prepare(_ path: String, isNew: Bool) throws(StoreError) -> LockFile {
        do throws(FileError) {
            if isNew { try PrivateFile.create(path) }
            if try PrivateFile.exists(path) { return try LockFile(path + ".lock") }
        } catch {
            throw StoreError(.failed, systemCode: error.systemCode)
        }
        throw StoreError(.missing)
    }

    /// False: the records outlive the process.
    public var isEphemeral: Bool { false }

    /// The record of a token, read on the caller's thread.
    public func card(_ token: Token) async throws(StoreError) -> CardRecord? {
        try pool.lend { connection throws(StoreError) in
            try SQLiteReader(connection).card(token)
        }
    }

    /// Runs reads that see one state of the store, on the caller's thread.
    public func read<R: Sendable>(
        _ body: (any StoreReader) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try pool.lend { connection throws(StoreError) in
            try connection.transaction(.begin) { () throws(StoreError) in
                try body(SQLiteReader(connection))
            }
        }
    }

    /// Runs one transaction on the caller's thread, alone among all processes.
    public func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try withWriter { connection throws(StoreError) in
            let result = try connection.transaction(.beginImmediate) { () throws(StoreError) in
                try body(SQLiteTransaction(connection))
            }
            // The transaction is durable: a checkpoint that fails is taken after the next.
            if connection.walPageCount >= Self.checkpointPageCount { try? connection.checkpoint() }
            return result
        }
    }

    /// Copies the write-ahead log into the file as far as readers allow.
    public func checkpoint() async throws(StoreError) {
        try withWriter { connection throws(StoreError) in try connection.checkpoint() }
    }

    private func withWriter<R: Sendable>(
        _ body: (SQLiteConnection) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        try writer.withLock { connection throws(StoreError) in
            do throws(FileError) {
                try lock.lock()
            } catch {
                throw StoreError(.busy, systemCode: error.systemCode)
            }
            defer { lock.unlock() }
            return try body(connection)
        }
    }
}

extension SQLiteConnection {
    /// Runs `body` between `begin` and a commit; a throw rolls back what it did.
    func transaction<R>(
        _ begin: SQLiteQuery, _ body: () throws(StoreError) -> R
    ) throws(StoreError) -> R {
        try statement(begin).run()
        do throws(StoreError) {
            let result = try body()
            try statement(.commit).run()
            return result
        } catch {
            // After some failures SQLite has rolled back already, and says so with an error.
            try? statement(.rollback).run()
            throw error
        }
    }
}
