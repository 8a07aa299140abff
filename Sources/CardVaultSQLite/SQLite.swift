// SPDX-License-Identifier: Apache-2.0
internal import CSQLite
internal import CardVault
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// One connection to a SQLite file, with its prepared statements.
///
/// Used by one task at a time: a pool or a mutex lends it.
@safe
final class SQLiteConnection: @unchecked Sendable {  // lent to one task at a time
    /// Bytes that a row or a value has at most. The largest row is an entry of the
    /// audit log that names 1,024 ids: 33,000 bytes.
    private static let byteLimit: Int32 = 65_536

    private let database: OpaquePointer
    private let walPageCountCell: UnsafeMutablePointer<Int32>
    private var statements: [SQLiteStatement?]

    /// Opens a file that is there, for reading and writing.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - patience: how long to wait for another program's lock.
    /// - Throws: `StoreError`: `missing` when there is no file.
    init(path: String, patience: Duration) throws(StoreError) {
        var database: OpaquePointer?
        // No mutex of SQLite's own: nobody else uses this connection.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &database, flags, nil)
        guard code == SQLITE_OK, let database = unsafe database else {
            let isMissing = unsafe sqlite3_system_errno(database) == ENOENT
            unsafe sqlite3_close(database)
            throw isMissing ? StoreError(.missing) : StoreError(sqlite: code)
        }
        unsafe self.database = database
        unsafe walPageCountCell = .allocate(capacity: 1)
        unsafe walPageCountCell.initialize(to: 0)
        statements = Array(repeating: nil, count: SQLiteQuery.allCases.count)
        unsafe sqlite3_busy_timeout(database, Int32(patience / .milliseconds(1)))
        unsafe sqlite3_limit(database, SQLITE_LIMIT_LENGTH, Self.byteLimit)
        unsafe card_vault_sqlite_no_checkpoint_on_close(database)
        unsafe card_vault_sqlite_defensive(database)
        try execute(SQLiteSchema.pragmas)
        // After the settings: the one for automatic checkpoints takes the place of every hook.
        unsafe sqlite3_wal_hook(
            database,
            { cell, _, _, pageCount in
                unsafe cell?.assumingMemoryBound(to: Int32.self).pointee = pageCount
                return SQLITE_OK
            }, walPageCountCell)
    }

    /// How many pages the write-ahead log had after the last commit of this connection.
    var walPageCount: Int { Int(unsafe walPageCountCell.pointee) }

    /// How many rows the last statement changed.
    var changeCount: Int { Int(unsafe sqlite3_changes(database)) }

    /// Runs SQL without parameters or results.
    func execute(_ sql: String) throws(StoreError) {
        let code = unsafe sqlite3_exec(database, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw StoreError(sqlite: code) }
    }

    /// How the file takes changes. The file remembers it.
    enum JournalMode: String {
        /// In a log beside it, so that readers and a writer work at once.
        case wal
        /// In place: between transactions it is one file.
        case delete
    }

    func use(_ mode: JournalMode) throws(StoreError) {
        let statement = try prepare("PRAGMA journal_mode = \(mode)")
        // Where it cannot, SQLite keeps the mode that it had and says which, without an error.
        guard try statement.step(), statement.text(0) == mode.rawValue else {
            throw StoreError(.failed)
        }
    }

    /// Copies the write-ahead log into the file as far as readers allow, and waits for nobody.
    func checkpoint() throws(StoreError) {
        let code = unsafe sqlite3_wal_checkpoint_v2(
            database, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        guard code == SQLITE_OK || code & 0xff == SQLITE_BUSY else {
            throw StoreError(sqlite: code)
        }
    }

    /// Copies all of the write-ahead log into the file, waits for readers of it, and empties it.
    func emptyLog() throws(StoreError) {
        let code = unsafe sqlite3_wal_checkpoint_v2(
            database, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        guard code == SQLITE_OK else { throw StoreError(sqlite: code) }
    }

    /// Copies what the file holds at this moment into another, which is empty. That is not durable
    /// yet.
    func copy(to path: String) throws(StoreError) {
        let statement = try prepare("VACUUM INTO ?")
        statement.bind(1, path)
        try statement.run()
    }

    /// Prepares SQL that runs once.
    func prepare(_ sql: String) throws(StoreError) -> SQLiteStatement {
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(
            database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement = unsafe statement else {
            // Right SQL that cannot be prepared asks for a table or column that is not there.
            throw code == SQLITE_ERROR
                ? StoreError(.corrupt, systemCode: code) : StoreError(sqlite: code)
        }
        return unsafe SQLiteStatement(statement)
    }

    /// A statement of the store, prepared once; its parameters are empty.
    func statement(_ query: SQLiteQuery) throws(StoreError) -> SQLiteStatement {
        if let statement = statements[query.rawValue] { return statement }
        let statement = try prepare(query.sql)
        statements[query.rawValue] = statement
        return statement
    }

    deinit {
        statements = []  // finalized before the connection closes
        unsafe sqlite3_close_v2(database)
        unsafe walPageCountCell.deallocate()
    }
}

/// A prepared statement. Positions of parameters and columns are those of SQL: parameters from 1,
/// columns from 0.
@safe
final class SQLiteStatement {
    private let statement: OpaquePointer
    /// Why a parameter could not be bound: the statement must not run without it.
    private var refusal = SQLITE_OK

    fileprivate init(_ statement: OpaquePointer) { unsafe self.statement = statement }

    func bind(_ position: Int32, _ value: Int64) {
        note(unsafe sqlite3_bind_int64(statement, position, value))
    }

    func bind(_ position: Int32, _ value: Int64?) {
        if let value { bind(position, value) } else { bindNull(position) }
    }

    func bind(_ position: Int32, _ value: [UInt8]) {
        note(
            unsafe value.withUnsafeBytes { bytes in
                unsafe card_vault_sqlite_bind_blob(
                    statement, position, bytes.baseAddress, Int32(bytes.count))
            })
    }

    func bind(_ position: Int32, _ value: [UInt8]?) {
        if let value { bind(position, value) } else { bindNull(position) }
    }

    func bind(_ position: Int32, _ value: String) {
        note(
            unsafe card_vault_sqlite_bind_text(
                statement, position, value, Int32(value.utf8.count)))
    }

    private func bindNull(_ position: Int32) {
        note(unsafe sqlite3_bind_null(statement, position))
    }

    private func note(_ code: Int32) { if code != SQLITE_OK { refusal = code } }

    /// Steps to the next row; false after the last.
    func step() throws(StoreError) -> Bool {
        let code = refusal == SQLITE_OK ? unsafe sqlite3_step(statement) : refusal
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else {
            reset()
            throw StoreError(sqlite: code)
        }
        return false
    }

    /// Runs a statement that has no rows, and makes it ready for the next run.
    func run() throws(StoreError) {
        _ = try step()
        reset()
    }

    /// Makes the statement ready for the next run and forgets its parameters.
    func reset() {
        unsafe sqlite3_reset(statement)
        unsafe sqlite3_clear_bindings(statement)
        refusal = SQLITE_OK
    }

    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(statement, column) == SQLITE_NULL
    }

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

    /// Lends the bytes of a column for one call; a step later they are others.
    func withBytes<R>(_ column: Int32, _ body: (Span<UInt8>) -> R) -> R {
        let base = unsafe sqlite3_column_blob(statement, column)
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        let bytes = unsafe UnsafeRawBufferPointer(start: base, count: base == nil ? 0 : count)
        return body(unsafe Span(_unsafeBytes: bytes))
    }

    func bytes(_ column: Int32) -> [UInt8] {
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        guard count > 0, let base = unsafe sqlite3_column_blob(statement, column) else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Whether a column has these bytes.
    func has(_ column: Int32, _ bytes: [UInt8]) -> Bool {
        withBytes(column) { found in
            found.count == bytes.count && found.indices.allSatisfy { found[$0] == bytes[$0] }
        }
    }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    deinit { unsafe sqlite3_finalize(statement) }
}

extension StoreError {
    /// A value is longer than any of a store.
    static let tooLong = StoreError(sqlite: SQLITE_TOOBIG)

    /// What a result code of SQLite means; the extended code is kept.
    init(sqlite code: Int32) {
        let kind: Code =
            switch code & 0xff {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .full
            case SQLITE_READONLY: .readOnly
            case SQLITE_NOTADB: .notAStore
            case SQLITE_CORRUPT, SQLITE_TOOBIG: .corrupt
            default: .failed
            }
        self.init(kind, systemCode: code)
    }
}
