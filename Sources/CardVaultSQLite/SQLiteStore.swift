// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
public import CardVault
internal import Synchronization

/// A vault's store in one SQLite file, which several processes of a machine may share.
///
/// Write transactions and checkpoints of all processes exclude each other through one lock beside
/// the file, `PATH.lock`. SQLite 3.7.0 to 3.51.2 can lose committed transactions when connections
/// write and checkpoint at once (its "WAL-reset bug"), so SQLite itself takes no checkpoint: not
/// after a commit and not when a connection closes. Keep `PATH`, `PATH-wal` and `PATH.lock`
/// together.
public final class SQLiteStore: VaultStore {
    let path: String
    let file: StoreFile
    private let pool: SQLitePool
    private let writer: Mutex<SQLiteConnection>
    /// Nil for a copy: nobody takes a checkpoint of it.
    private let lock: LockFile?
    let options: Options

    /// What tests choose differently.
    struct Options {
        /// How long to wait for another process, or for another program on the file.
        var patience = Duration.seconds(10)
        /// A log of so many pages (80 MB) is copied into the file.
        var checkpointPageCount = 20_000
    }

    /// Opens the store at `path`. The tables of an older release become those of this one.
    ///
    /// It is opened under its lock, so that nobody replaces the file meanwhile.
    ///
    /// - Throws: `StoreError`: `missing` when there is no file, `notAStore`, `newerSchema`, `busy`
    ///   when others write for more than 10 seconds.
    public convenience init(path: String) throws(StoreError) {
        try self.init(path: path, options: Options())
    }

    /// Opens the store at `path`, making an empty file, readable by its owner alone, when there is
    /// none.
    ///
    /// - Throws: `StoreError`.
    public static func create(path: String) throws(StoreError) -> SQLiteStore {
        try StoreError.file { () throws(FileError) in try PrivateFile.create(path) }
        return try SQLiteStore(path: path)
    }

    convenience init(path: String, options: Options) throws(StoreError) {
        // By the name without links: who comes by another name must meet the same lock.
        let path = try StoreFile.name(of: path)
        // A file that has no lock yet may be anything, and then gets none.
        if StoreFile(path + ".lock") == nil {
            try SQLiteSchema.check(SQLiteConnection(path: path, patience: options.patience))
        }
        let lock = try StoreError.file { () throws(FileError) in try LockFile(path + ".lock") }
        let opened = try lock.hold(options.patience) { () throws(StoreError) in
            try SQLiteReplacement(path: path).finish()
            return try OpenedFile(path, mode: .wal, options)
        }
        self.init(opened, path: path, lock: lock, options: options)
    }

    convenience init(copy path: String, options: Options) throws(StoreError) {
        let path = try StoreFile.name(of: path)
        let opened = try OpenedFile(path, mode: .delete, options)
        self.init(opened, path: path, lock: nil, options: options)
    }

    private init(
        _ opened: OpenedFile, path: String, lock: consuming LockFile?, options: Options
    ) {
        self.path = path
        self.lock = lock
        self.options = options
        file = opened.file
        writer = Mutex(opened.connection)
        pool = SQLitePool(opened.file, path: path, patience: options.patience)
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

    private func alone<R>(_ body: () throws(StoreError) -> R) throws(StoreError) -> R {
        switch lock {
        case .some(let lock): try lock.hold(options.patience, body)
        case .none: try body()
        }
    }

    /// Runs `body` with the connection that writes, alone among all processes.
    func withWriter<R: Sendable>(
        _ body: (SQLiteConnection) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        try writer.withLock { connection throws(StoreError) in
            try alone { () throws(StoreError) in
                // A file that was moved away, or whose place another took, keeps nothing.
                guard file == StoreFile(path) else { throw StoreError(.missing) }
                return try body(connection)
            }
        }
    }
}

extension LockFile {
    /// Runs `body` with the lock, alone among all processes.
    borrowing func hold<R>(
        _ patience: Duration, _ body: () throws(StoreError) -> R
    ) throws(StoreError) -> R {
        do throws(FileError) {
            try lock(patience: patience)
        } catch {
            throw StoreError(system: error.systemCode)
        }
        defer { unlock() }
        return try body()
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
