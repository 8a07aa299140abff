// SPDX-License-Identifier: Apache-2.0

/// The files of a running import, and how far they can be trusted after a crash.
///
/// The order of all steps, so that a kill between any two loses nothing and doubles nothing:
///
/// - begin: lock → journal with nothing done → partial files;
/// - each batch: partial files durable → journal says so;
/// - resume: lock → journal → partial files cut to what the journal says;
/// - finish: partial files durable → journal says complete → rejects get their name → output gets
///   its name → journal removed → lock removed.
///
/// What a batch wrote before a crash without the journal's word is cut off and written again; the
/// vault gives the same cards the same tokens.
struct ImportJournal: ~Copyable {
    /// What ``begin(_:at:resuming:)`` found or made.
    enum Beginning: ~Copyable {
        /// Rows are to be read from the journal's position on.
        case open(ImportJournal)
        /// Everything had been written; the last steps were made up for.
        case finished(ImportProgress)
    }

    /// Where the rows go that have their tokens.
    var output: CSVWriter
    /// Where the refused rows go.
    var rejects: RejectsFile

    private let paths: ImportPaths
    private var state: ImportState
    private let lock: FileLock

    /// How far the import has come, as of the last commit.
    var progress: ImportProgress { state.progress }

    /// Begins an import, or goes on with an interrupted one.
    ///
    /// - Parameters:
    ///   - identity: what input becomes what output.
    ///   - resuming: whether an interrupted import is continued. Where there is none, a new one
    ///     begins.
    /// - Throws: ``ImportError``. No file that was there has changed then, but for bytes of partial
    ///   files that no journal had vouched for.
    static func begin(
        _ identity: ImportIdentity, at paths: ImportPaths, resuming: Bool
    ) throws(ImportError) -> Beginning {
        guard paths.areDistinct else { throw .sameFile }
        let found = try ImportError.wrap { () throws(FileError) in
            try FileLock.take(paths.lock)
        }
        guard let lock = found else { throw .alreadyRunning(path: paths.output) }
        guard let state = try ImportState.read(paths.progress) else {
            return .open(try start(ImportState(identity, paths), at: paths, lock))
        }
        guard resuming else { throw .unfinishedImport(path: paths.output) }
        if let field = state.difference(from: ImportState(identity, paths)) {
            throw .notTheSameImport(field)
        }
        if state.progress.isComplete {
            try giveNames(paths)
            return .finished(state.progress)
        }
        return .open(try resume(state, at: paths, lock))
    }

    /// Makes what was written durable and enters that the input is done up to `position`.
    ///
    /// - Parameters:
    ///   - position: the end of the last row that was imported or rejected.
    ///   - imported: rows imported since the last commit.
    ///   - rejected: rows rejected since the last commit.
    mutating func commit(
        _ position: CSVPosition, imported: Int, rejected: Int
    ) throws(ImportError) {
        var next = state
        next.progress.position = position
        next.progress.importedRowCount += imported
        next.progress.rejectedRowCount += rejected
        try record(next)
    }

    /// Gives the results their names and removes what helped to make them.
    ///
    /// Commit the last rows before: the counts are those of the last commit.
    ///
    /// - Returns: The final counts.
    consuming func finish() throws(ImportError) -> ImportProgress {
        var last = state
        last.progress.isComplete = true
        try record(last)
        try Self.giveNames(paths)
        return last.progress
    }

    private mutating func record(_ recorded: ImportState) throws(ImportError) {
        var next = recorded
        try ImportError.wrap { () throws(FileError) in
            try output.sync()
            try rejects.sync()
        }
        next.progress.outputByteCount = output.byteCount
        next.progress.rejectsByteCount = rejects.byteCount
        try next.write(paths)
        state = next
    }

    init(
        _ state: ImportState, _ paths: ImportPaths, _ lock: consuming FileLock,
        output: consuming OpenFile, rejects: consuming OpenFile
    ) throws(ImportError) {
        let (outputEnd, rejectsEnd) =
            (state.progress.outputByteCount, state.progress.rejectsByteCount)
        self.output = CSVWriter(output, at: outputEnd)
        do throws(FileError) {
            self.rejects = try RejectsFile(rejects, at: rejectsEnd)
        } catch {
            throw .file(error)
        }
        self.paths = paths
        self.state = state
        self.lock = lock
    }
}
