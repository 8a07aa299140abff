// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import Synchronization

/// Connections for reading, lent one at a time and kept for the next reader.
final class SQLitePool: Sendable {
    /// How many idle connections are kept.
    static let idleLimit = 16

    private let path: String
    private let file: StoreFile
    private let patience: Duration
    private let idle = Mutex<[SQLiteConnection]>([])

    /// A pool of connections to `file`, which has the name `path`.
    init(_ file: StoreFile, path: String, patience: Duration) {
        self.file = file
        self.path = path
        self.patience = patience
    }

    /// Runs `body` with a connection of its own.
    func lend<R>(
        _ body: (SQLiteConnection) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        let kept = idle.withLock { $0.popLast() }
        let connection = if let kept { kept } else { try open() }
        let result = Result { () throws(StoreError) in try body(connection) }
        // Once another file is in the place of this one, what was read may be of both.
        guard file == StoreFile(path) else { throw StoreError(.missing) }
        // A connection on which something failed is not kept: the next one starts anew.
        let answer = try result.get()
        idle.withLock { if $0.count < Self.idleLimit { $0.append(connection) } }
        return answer
    }

    private func open() throws(StoreError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, patience: patience)
        try connection.execute("PRAGMA query_only = ON")
        return connection
    }
}
