// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
public import CardVault

extension SQLiteStore: BackupStore {
    /// Opens a copy of a store, as a store of its own; see ``BackupStore``.
    ///
    /// - Throws: `StoreError`.
    public static func open(copy path: String) throws(StoreError) -> SQLiteStore {
        try SQLiteStore(copy: path, options: Options())
    }

    /// Copies the store as it is at one moment into a new file, while others read and write it.
    ///
    /// - Throws: `StoreError`: `failed` with the system's code when there is a file at `path`.
    public func copy(to path: String) async throws(StoreError) {
        try StoreError.file { () throws(FileError) in try AtomicFile.create(path, with: []) }
        do throws(StoreError) {
            let connection = try SQLiteConnection(path: self.path, patience: options.patience)
            // A name with a folder before it is that of a file, and nothing else.
            try connection.copy(to: path.hasPrefix("/") ? path : "./\(path)")
            guard file == StoreFile(self.path) else { throw StoreError(.missing) }
            // SQLite does not promise that the copy is durable.
            try StoreError.file { () throws(FileError) in try PrivateFile.settle(path) }
        } catch {
            try? StoreFile.remove(path)
            throw error
        }
    }

    /// Removes a copy and what is beside it; see ``BackupStore``.
    ///
    /// - Throws: `StoreError`.
    public static func remove(copy path: String) throws(StoreError) {
        // A journal that a crash left would be played back into the next copy of this name.
        for end in ["-journal", "-wal", "-shm", ""] { try StoreFile.remove(path + end) }
    }

    /// Puts a copy in the place of the store, durably; see ``BackupStore``.
    ///
    /// - Throws: `StoreError`.
    public func replace(
        with path: String, keepingOldAs old: String?,
        finishing finish: ((any StoreReader)?, any StoreTransaction) throws(StoreError) -> Void
    ) async throws(StoreError) {
        try replace(with: path, keepingOldAs: old, before: { _ in }, finishing: finish)
    }

    /// Does so, and something before each step.
    func replace(
        with path: String, keepingOldAs old: String?,
        before step: (SQLiteReplacement.Step) throws(StoreError) -> Void,
        finishing finish: ((any StoreReader)?, any StoreTransaction) throws(StoreError) -> Void = {
            _, _ in
        }
    ) throws(StoreError) {
        let path = try StoreFile.name(of: path)
        try withWriter { connection throws(StoreError) in
            // Its own name, or another name of its own file.
            guard StoreFile(path) != file else { throw StoreError(.failed) }
            try SQLiteReplacement.makeWhole(path, options) { copy throws(StoreError) in
                try connection.transaction(.begin) { () throws(StoreError) in
                    try finish(SQLiteReader(connection), copy)
                }
            }
            try SQLiteReplacement(path: self.path).run(
                with: path, keepingOldAs: old, on: connection, before: step)
        }
    }
}
