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

    /// Puts a copy in the place of the store, durably; see ``BackupStore``.
    ///
    /// - Throws: `StoreError`.
    public func replace(
        with path: String, keepingOldAs old: String?
    ) async throws(StoreError) {
        try replace(with: path, keepingOldAs: old) { _ in }
    }

    /// Does so, and something before each step.
    func replace(
        with path: String, keepingOldAs old: String?,
        before step: (SQLiteReplacement.Step) throws(StoreError) -> Void
    ) throws(StoreError) {
        let path = try StoreFile.name(of: path)
        try withWriter { connection throws(StoreError) in
            // Its own name, or another name of its own file.
            guard StoreFile(path) != file else { throw StoreError(.failed) }
            try makeWhole(path)
            try StoreError.file { () throws(FileError) in try PrivateFile.settle(path) }
            try SQLiteReplacement(path: self.path).run(
                with: path, keepingOldAs: old, on: connection, before: step)
        }
    }

    /// Sees to it that a copy is one file of this release's tables, which nothing beside it belongs
    /// to.
    private func makeWhole(_ path: String) throws(StoreError) {
        let opened = try OpenedFile(path, mode: .delete, options)
        guard try SQLiteSchema.isThere(opened.connection) else { throw StoreError(.notAStore) }
    }
}
