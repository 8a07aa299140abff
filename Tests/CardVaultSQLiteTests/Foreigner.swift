// SPDX-License-Identifier: Apache-2.0
internal import CSQLite
internal import Testing

/// Another program's connection to a database, with none of the store's settings.
@safe
final class Foreigner: @unchecked Sendable {  // used by one test at a time
    private let database: OpaquePointer

    init(_ path: String) throws {
        var database: OpaquePointer?
        #expect(unsafe sqlite3_open(path, &database) == SQLITE_OK)
        unsafe self.database = try #require(unsafe database)
    }

    /// Runs SQL; returns SQLite's result code.
    func execute(_ sql: String) -> Int32 { unsafe sqlite3_exec(database, sql, nil, nil, nil) }

    deinit { unsafe sqlite3_close(database) }
}
