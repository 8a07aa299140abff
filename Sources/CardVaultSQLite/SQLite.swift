// SPDX-License-Identifier: Apache-2.0
internal import CSQLite
internal import CardVault

/// One connection to a SQLite file, with its prepared statements.
///
/// Used by one task at a time: a pool or a mutex lends it.
@safe
final class SQLiteConnection: @unchecked Sendable {  // lent to one task at a time
    /// How a file is opened.
    enum Access: Int32 {
        case readOnly = 0x1  // SQLITE_OPEN_READONLY
        case readWrite = 0x2  // SQLITE_OPEN_READWRITE
    }

    private let database: OpaquePointer
    private let walPageCountCell: UnsafeMutablePointer<Int32>
    private var statements: [SQLiteStatement?]

    /// Opens a file that is there. No mutex of SQLite's own: nobody else uses this connection.
    init(path: String, access: Access) throws(StoreError) {
        var database: OpaquePointer?
        let flags = access.rawValue | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &database, flags, nil)
        guard code == SQLITE_OK, let database = unsafe database else {
            unsafe sqlite3_close(database)
            throw StoreError(sqlite: code)
        }
        unsafe self.database = database
        unsafe walPageCountCell = .allocate(capacity: 1)
        unsafe walPageCountCell.initialize(to: 0)
        statements = Array(repeating: nil, count: SQLiteQuery.allCases.count)
        unsafe sqlite3_busy_timeout(database, 5_000)
        unsafe sqlite3_wal_hook(
            database,
            { cell, _, _, pageCount in
                unsafe cell?.assumingMemoryBound(to: Int32.self).pointee = pageCount
                return SQLITE_OK
            }, walPageCountCell)
        unsafe card_vault_sqlite_no_checkpoint_on_close(database)
        unsafe card_vault_sqlite_defensive(database)
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

    /// Copies the write-ahead log into the file as far as readers allow, and waits for nobody.
    func checkpoint() throws(StoreError) {
        let code = unsafe sqlite3_wal_checkpoint_v2(
            database, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        guard code == SQLITE_OK || code & 0xff == SQLITE_BUSY else {
            throw StoreError(sqlite: code)
        }
    }

    /// Prepares SQL that runs once.
    func prepare(_ sql: String) throws(StoreError) -> SQLiteStatement {
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(
            database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement = unsafe statement else {
            throw StoreError(sqlite: code)
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

    fileprivate init(_ statement: OpaquePointer) { unsafe self.statement = statement }

    func bind(_ position: Int32, _ value: Int64) {
        unsafe sqlite3_bind_int64(statement, position, value)
    }

    func bind(_ position: Int32, _ value: Int64?) {
        if let value {
            bind(position, value)
        } else {
            unsafe sqlite3_bind_null(statement, position)
        }
    }

    func bind(_ position: Int32, _ value: [UInt8]) {
        _ = unsafe value.withUnsafeBytes { bytes in
            unsafe card_vault_sqlite_bind_blob(
                statement, position, bytes.baseAddress, Int32(bytes.count))
        }
    }

    func bind(_ position: Int32, _ value: [UInt8]?) {
        if let value {
            bind(position, value)
        } else {
            unsafe sqlite3_bind_null(statement, position)
        }
    }

    func bind(_ position: Int32, _ value: String) {
        unsafe card_vault_sqlite_bind_text(statement, position, value, Int32(value.utf8.count))
    }

    /// Steps to the next row; false after the last.
    func step() throws(StoreError) -> Bool {
        let code = unsafe sqlite3_step(statement)
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
    }

    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(statement, column) == SQLITE_NULL
    }

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

    func bytes(_ column: Int32) -> [UInt8] {
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        guard count > 0, let base = unsafe sqlite3_column_blob(statement, column) else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: base, count: count))
    }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    deinit { unsafe sqlite3_finalize(statement) }
}

extension StoreError {
    /// What a result code of SQLite means; the extended code is kept.
    init(sqlite code: Int32) {
        let kind: Code =
            switch code & 0xff {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .full
            case SQLITE_READONLY: .readOnly
            case SQLITE_NOTADB: .notAStore
            case SQLITE_CORRUPT: .corrupt
            default: .failed
            }
        self.init(kind, systemCode: code)
    }
}
