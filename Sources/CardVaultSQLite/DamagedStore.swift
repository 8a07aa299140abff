// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
public import CardVault

/// A file that is no store, or no longer one, in the place of a store: nothing of it can be read,
/// and a backup can take its place.
public struct DamagedStore: BackupStore {
    private let path: String
    private let file: StoreFile
    private let options = SQLiteStore.Options()

    /// Whatever file is at `path`. It is not opened.
    ///
    /// - Throws: `StoreError`: `missing` when there is no file.
    public init(path: String) throws(StoreError) {
        self.path = try StoreFile.name(of: path)
        guard let file = StoreFile(self.path) else { throw StoreError(.missing) }
        self.file = file
    }

    /// False.
    public var isEphemeral: Bool { false }

    /// Throws `notAStore`.
    public func card(_ token: Token) async throws(StoreError) -> CardRecord? {
        throw StoreError(.notAStore)
    }

    /// Throws `notAStore`.
    public func read<R: Sendable>(
        _ body: (any StoreReader) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        throw StoreError(.notAStore)
    }

    /// Throws `notAStore`.
    public func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        throw StoreError(.notAStore)
    }

    /// Throws `notAStore`.
    public func copy(to path: String) async throws(StoreError) { throw StoreError(.notAStore) }

    /// Opens a copy of a store.
    ///
    /// - Throws: `StoreError`.
    public static func open(copy path: String) throws(StoreError) -> SQLiteStore {
        try SQLiteStore.open(copy: path)
    }

    /// Removes a copy of a store and what is beside it.
    ///
    /// - Throws: `StoreError`.
    public static func remove(copy path: String) throws(StoreError) {
        try SQLiteStore.remove(copy: path)
    }

    /// Puts a copy in the place of the file, durably; see ``BackupStore``. A write-ahead log beside
    /// the file is kept too, as `OLD-wal`.
    ///
    /// - Parameter old: where the file is kept. It may be evidence, or be mended: nil is refused.
    /// - Throws: `StoreError`: `failed` for no `old`; `missing` when the file is another by now.
    public func replace(
        with path: String, keepingOldAs old: String?,
        finishing finish: ((any StoreReader)?, any StoreTransaction) throws(StoreError) -> Void
    ) async throws(StoreError) {
        guard let old else { throw StoreError(.failed) }
        let path = try StoreFile.name(of: path)
        let lock = try StoreError.file { () throws(FileError) in try LockFile(self.path + ".lock") }
        try lock.hold(options.patience) { () throws(StoreError) in
            guard file == StoreFile(self.path) else { throw StoreError(.missing) }
            guard file != StoreFile(path) else { throw StoreError(.failed) }
            try SQLiteReplacement.makeWhole(path, options) { copy throws(StoreError) in
                try finish(nil, copy)
            }
            try SQLiteReplacement(path: self.path).run(with: path, keepingOldAs: old, on: nil)
        }
    }
}
