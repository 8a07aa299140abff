// SPDX-License-Identifier: Apache-2.0
internal import CardVault

/// A store's file, with the connection that writes it.
struct OpenedFile {
    let connection: SQLiteConnection
    let file: StoreFile

    init(
        _ path: String, mode: SQLiteConnection.JournalMode, _ options: SQLiteStore.Options
    ) throws(StoreError) {
        connection = try SQLiteConnection(path: path, patience: options.patience)
        try SQLiteSchema.check(connection)
        try connection.use(mode)
        try SQLiteSchema.upgrade(connection)
        guard let file = StoreFile(path) else { throw StoreError(.missing) }
        self.file = file
    }
}
