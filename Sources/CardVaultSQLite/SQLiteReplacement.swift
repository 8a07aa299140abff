// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import CardVault

/// Puts another file in the place of a store's, under the store's lock.
///
/// The log and the index beside the store must go with the old file: SQLite would take them for the
/// new one's. They go after it, so that whoever has the old store open never writes it through
/// files that others do not see. A second name of the new file, made before it takes its place and
/// removed at the end, tells who opens the store after a crash what is left to do.
struct SQLiteReplacement {
    /// What is done, in this order. Each step is durable before the next.
    enum Step: CaseIterable {
        case emptyLog, keepOld, mark, rename, removeLog, unmark
    }

    /// The whole name of the store.
    let path: String

    private var mark: String { path + ".incoming" }

    /// Does what a replacement that a crash ended left to do. Nobody has the new file open yet.
    func finish() throws(StoreError) {
        guard let marked = StoreFile(mark) else { return }
        if marked == StoreFile(path) { try removeLog() }
        try unmark()
    }

    /// Completes a copy, and makes it one durable file of this release's tables, which nothing
    /// beside it belongs to.
    static func makeWhole(
        _ source: String, _ options: SQLiteStore.Options,
        _ finish: (SQLiteTransaction) throws(StoreError) -> Void
    ) throws(StoreError) {
        try complete(source, options, finish)
        // Its connection is closed: locks of that would go with any other descriptor of the file.
        try StoreError.file { () throws(FileError) in try PrivateFile.settle(source) }
    }

    private static func complete(
        _ source: String, _ options: SQLiteStore.Options,
        _ finish: (SQLiteTransaction) throws(StoreError) -> Void
    ) throws(StoreError) {
        let connection = try OpenedFile(source, mode: .delete, options).connection
        guard try SQLiteSchema.isThere(connection) else { throw StoreError(.notAStore) }
        try connection.transaction(.beginImmediate) { () throws(StoreError) in
            try finish(SQLiteTransaction(connection))
        }
    }

    /// Replaces the file.
    ///
    /// - Parameters:
    ///   - source: a whole store in one file, on the same disk.
    ///   - old: another name for the old file, and with `-wal` for its log where that cannot be
    ///     emptied; nil where it is not kept.
    ///   - connection: one to the old file; nil where that is no store.
    ///   - step: what happens before each step.
    func run(
        with source: String, keepingOldAs old: String?, on connection: SQLiteConnection?,
        before step: (Step) throws(StoreError) -> Void = { _ in }
    ) throws(StoreError) {
        try finish()
        try step(.emptyLog)
        try emptyLog(on: connection, isKept: old != nil)
        let hasLog = !(StoreFile(path + "-wal")?.isEmpty ?? true)
        try step(.keepOld)
        if let old { try keep(as: old, withLog: hasLog) }
        try step(.mark)
        try StoreFile.addName(mark, to: source)
        try StoreFile.settleFolder(of: mark)
        try step(.rename)
        try StoreFile.move(source, over: path)
        try StoreFile.settleFolder(of: path)
        try step(.removeLog)
        try removeLog()
        try step(.unmark)
        try unmark()
    }

    /// Brings the log into the old file. A damaged one that is kept keeps its log beside it.
    private func emptyLog(
        on connection: SQLiteConnection?, isKept: Bool
    ) throws(StoreError) {
        do throws(StoreError) {
            guard let connection else { throw StoreError(.notAStore) }
            try connection.emptyLog()
            guard StoreFile(path + "-wal")?.isEmpty ?? true else { throw StoreError(.failed) }
        } catch {
            guard isKept, [.notAStore, .corrupt].contains(error.code) else { throw error }
        }
    }

    /// Gives the old file another name, and its log the one beside that.
    private func keep(as old: String, withLog hasLog: Bool) throws(StoreError) {
        if try isKept(as: old) {
            // The log may be another by now.
            try StoreFile.remove(old + "-wal")
        } else {
            // One that is there would be taken for the log of the old file.
            try StoreFile.checkFree(old + "-wal")
            try StoreFile.addName(old, to: path)
        }
        if hasLog { try StoreFile.addName(old + "-wal", to: path + "-wal") }
        try StoreFile.settleFolder(of: old)
    }

    /// Whether the store has this other name already: a crash came after it was given.
    private func isKept(as old: String) throws(StoreError) -> Bool {
        guard let there = StoreFile(old), there == StoreFile(path) else { return false }
        return try StoreFile.name(of: old) != path
    }

    private func removeLog() throws(StoreError) {
        try StoreFile.remove(path + "-wal")
        try StoreFile.remove(path + "-shm")
        try StoreFile.settleFolder(of: path)
    }

    private func unmark() throws(StoreError) {
        try StoreFile.remove(mark)
        try StoreFile.settleFolder(of: mark)
    }
}
