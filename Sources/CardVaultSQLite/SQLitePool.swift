// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import Synchronization

/// Connections for reading, lent one at a time and kept for the next reader.
final class SQLitePool: Sendable {
    /// How many idle connections are kept.
    static let idleLimit = 16

    private let path: String
    private let patience: Duration
    private let idle = Mutex<[SQLiteConnection]>([])

    init(path: String, patience: Duration) {
        self.path = path
        self.patience = patience
    }

    /// Runs `body` with a connection of its own.
    func lend<R>(
        _ body: (SQLiteConnection) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        let kept = idle.withLock { $0.popLast() }
        let connection = if let kept { kept } else { try open() }
        // A connection on which something failed is not kept: the next one starts anew.
        let result = try body(connection)
        idle.withLock { if $0.count < Self.idleLimit { $0.append(connection) } }
        return result
    }

    private func open() throws(StoreError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, patience: patience)
        try connection.execute("PRAGMA query_only = ON")
        return connection
    }
}
