// SPDX-License-Identifier: Apache-2.0

/// A store that is copied into a file while it is in use, and put back from one.
public protocol BackupStore: VaultStore {
    /// What a copy is when it is opened.
    associatedtype Copy: BackupStore = Self

    /// Opens a copy that ``copy(to:)`` made. It stays one file: between transactions nothing is
    /// beside it. Opening changes it where its tables are those of an older release.
    ///
    /// - Parameter path: the copy.
    /// - Throws: ``StoreError``: `missing`, `notAStore`, `newerSchema`, `corrupt`.
    static func open(copy path: String) throws(StoreError) -> Copy

    /// Removes a copy that nobody has open, if there is one, and what a crash left beside it.
    ///
    /// - Throws: ``StoreError``.
    static func remove(copy path: String) throws(StoreError)

    /// Copies the store as it is at one moment, while others read and write it.
    ///
    /// The thread is busy until the copy is made. A call that throws leaves no file.
    ///
    /// - Parameter path: where no file is yet. The copy is readable by its owner alone, and durable
    ///   when this returns.
    /// - Throws: ``StoreError``: `failed` with the system's code of a file that is there, `full`,
    ///   `missing`.
    func copy(to path: String) async throws(StoreError)

    /// Puts a copy in the place of the store, durably. A crash leaves the one or the other, whole.
    ///
    /// Every value of the old store, in whatever process, answers `missing` from then on, and the
    /// store is opened anew. Transactions that are running are waited for.
    ///
    /// - Parameters:
    ///   - path: the copy, on the disk of the store. Nobody has it open. It is gone from there
    ///     afterwards.
    ///   - old: where the old store is kept, on the same disk; nil where it is not.
    ///   - finish: completes the copy, in one transaction, when nobody can write the old store any
    ///     more. It reads the old store as it ends; nil where nothing of that can be read. When it
    ///     throws, the old store stays in its place.
    /// - Throws: ``StoreError``: `busy` while a reader does not end, `failed` with the system's
    ///   code where `old` is there, all that ``open(copy:)`` throws, and what `finish` throws. The
    ///   old store is then in its place, but for the rare error in the last steps: then it is the
    ///   new one.
    func replace(
        with path: String, keepingOldAs old: String?,
        finishing finish: ((any StoreReader)?, any StoreTransaction) throws(StoreError) -> Void
    ) async throws(StoreError)
}
