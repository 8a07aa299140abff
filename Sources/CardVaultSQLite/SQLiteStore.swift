// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
public import CardVault
internal import Synchronization
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A vault's store in one SQLite file, which several processes of a machine may share.
///
/// Write transactions and checkpoints of all processes exclude each other through one lock beside
/// the file, `PATH.lock`. SQLite 3.7.0 to 3.51.2 can lose committed transactions when connections
/// write and checkpoint at once (its "WAL-reset bug"), so SQLite itself takes no checkpoint: not
/// after a commit and not when a connection closes. Keep `PATH`, `PATH-wal` and `PATH.lock`
/// together.
public final class SQLiteStore: VaultStore {
    private let pool: SQLitePool
    private let writer: Mutex<SQLiteConnection>
    private let lock: LockFile
    private let options: Options

    /// What tests choose differently.
    struct Options {
        /// How long to wait for another process, or for another program on the file.
        var patience = Duration.seconds(10)
        /// A log of so many pages (80 MB) is copied into the file.
        var checkpointPageCount = 20_000
    }

    /// Opens the store at `path`. The tables of an older release become those of this one.
    ///
    /// - Throws: `StoreError`: `missing` when there is no file, `notAStore`, `newerSchema`.
    public convenience init(path: String) throws(StoreError) {
        try self.init(path: path, options: Options())
    }

    /// Opens the store at `path`, making an empty file, readable by its owner alone, when there is
    /// none.
    ///
    /// - Throws: `StoreError`.
    public static func create(path: String) throws(StoreError) -> SQLiteStore {
        do throws(FileError) {
            try PrivateFile.create(path)
        } catch {
            throw StoreError(error)
        }
        return try SQLiteStore(path: path)
    }

    init(path: String, options: Options) throws(StoreError) {
        guard !path.utf8.contains(0) else { throw StoreError(.missing) }
        // Some names mean more to SQLite than a file: ":memory:" a database that is gone with its
        // connection, "file:…" settings. With a folder before them they do not.
        let connection = try SQLiteConnection(
            path: path.hasPrefix("/") ? path : "./\(path)", patience: options.patience)
        let isOlder = try SQLiteSchema.isOlder(connection)
        if !isOlder { _ = try SQLiteSchema.isThere(connection) }
        try connection.useWriteAheadLog()
        do throws(FileError) {
            // By the name without links: who comes by another name must meet the same lock.
            lock = try LockFile(connection.path + ".lock")
        } catch {
            throw StoreError(error)
        }
        pool = SQLitePool(path: connection.path, patience: options.patience)
        writer = Mutex(connection)
        self.options = options
        guard isOlder else { return }
        try withWriter { connection throws(StoreError) in
            try connection.transaction(.beginImmediate) { () throws(StoreError) in
                try SQLiteSchema.upgrade(connection)
            }
        }
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
            if connection.walPageCount >= options.checkpointPageCount {
                try? connection.checkpoint()
            }
            return result
        }
    }

    /// Copies the write-ahead log into the file as far as readers allow.
    public func checkpoint() async throws(StoreError) {
        try withWriter { connection throws(StoreError) in try connection.checkpoint() }
    }

    /// Runs `body` with the connection that writes, alone among all processes.
    func withWriter<R: Sendable>(
        _ body: (SQLiteConnection) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        try writer.withLock { connection throws(StoreError) in
            do throws(FileError) {
                try lock.lock(patience: options.patience)
            } catch {
                throw StoreError(error)
            }
            defer { lock.unlock() }
            // A file that was moved away, or whose place another took, keeps nothing.
            guard !connection.hasMoved else { throw StoreError(.missing) }
            return try body(connection)
        }
    }
}

extension StoreError {
    /// What a file operation that the system refused means for a store.
    fileprivate init(_ error: FileError) {
        let kind: Code =
            switch error.systemCode {
            case ENOENT: .missing
            case EACCES, EPERM, EROFS: .readOnly
            case ENOSPC, EDQUOT: .full
            case EWOULDBLOCK: .busy
            default: .failed
            }
        self.init(kind, systemCode: error.systemCode)
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
            // After some failures SQLite has rolled back already, and then says that it cannot.
            try? statement(.rollback).run()
            throw error
        }
    }
}
