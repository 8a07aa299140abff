// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials

/// What must be the same for an import to be the continuation of another. No card data.
struct ImportIdentity: Codable, Equatable, Sendable {
    /// A property in which two imports differ.
    enum Field: String, Sendable, CaseIterable {
        case inputByteCount = "size of the input"
        case inputModified = "time of change of the input"
        case headerLine = "header of the input"
        case panColumn = "column of card numbers"
        case format = "token format"
        case narrow = "rule for narrow formats"
        case ignoresLuhn = "rule for check digits"
        case droppedColumns = "dropped columns"
        case scope = "scope"
        case vaultID = "vault"
        case rejectsPath = "rejects file"
    }

    var inputByteCount: Int
    var headerLine: String
    var panColumn: String
    var format: String
    var narrow: String
    var ignoresLuhn: Bool
    var droppedColumns: [String]
    var scope: String
    var vaultID: String
    /// Nanoseconds since 1970: an input that was written again is another.
    var inputModified = 0

    /// The first property in which `other` differs; nil where it is the same import.
    func difference(from other: ImportIdentity) -> Field? {
        if inputByteCount != other.inputByteCount { return .inputByteCount }
        if inputModified != other.inputModified { return .inputModified }
        if headerLine != other.headerLine { return .headerLine }
        if panColumn != other.panColumn { return .panColumn }
        if format != other.format { return .format }
        if narrow != other.narrow { return .narrow }
        if ignoresLuhn != other.ignoresLuhn { return .ignoresLuhn }
        if droppedColumns.sorted() != other.droppedColumns.sorted() { return .droppedColumns }
        if scope != other.scope { return .scope }
        if vaultID != other.vaultID { return .vaultID }
        return nil
    }
}

/// How far an import has come.
struct ImportProgress: Codable, Equatable, Sendable {
    /// Where the input is read on.
    var position = CSVPosition.start
    /// Rows of the input that have their token in the output.
    var importedRowCount = 0
    /// Rows that were refused.
    var rejectedRowCount = 0
    /// Bytes of the output that are durable and count.
    var outputByteCount = 0
    /// Bytes of the list of rejected rows that are durable and count.
    var rejectsByteCount = 0
    /// Whether every row is done and only the names of the files are missing.
    var isComplete = false

    /// Rows that were read.
    var rowCount: Int { importedRowCount + rejectedRowCount }
}

/// The journal file: identity and progress as JSON.
struct ImportState: Codable, Equatable, Sendable {
    /// A header of 1 MiB may take six times its bytes in JSON.
    static let byteLimit = 8 << 20
    static let currentVersion = 1

    var version = currentVersion
    let identity: ImportIdentity
    /// Part of what must be the same: the partial file lies there.
    let rejectsPath: String
    var progress = ImportProgress()

    init(_ identity: ImportIdentity, _ paths: ImportPaths) {
        self.identity = identity
        self.rejectsPath = paths.rejects
    }

    /// The first property in which `other` is another import; nil where it is the same.
    func difference(from other: ImportState) -> ImportIdentity.Field? {
        identity.difference(from: other.identity)
            ?? (rejectsPath == other.rejectsPath ? nil : .rejectsPath)
    }

    /// Reads the state; nil where there is none.
    ///
    /// - Throws: ``ImportError/journalUnreadable(path:)``, ``ImportError/file(_:)``.
    static func read(_ path: String) throws(ImportError) -> ImportState? {
        guard let bytes = try contents(path) else { return nil }
        guard let state = try? JSONDecoder().decode(ImportState.self, from: Data(bytes)),
            state.version == currentVersion, state.isPlausible
        else { throw .journalUnreadable(path: path) }
        return state
    }

    /// Puts the state in the place of the one before, durably: whoever looks, now or after a crash,
    /// finds the one or the other.
    func write(_ paths: ImportPaths) throws(ImportError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(self) else {
            preconditionFailure("integers and text are always encoded")
        }
        try ImportError.wrap { () throws(FileError) in
            // What an interrupted write left there was never the state.
            try FileName.remove(paths.nextProgress)
            let file = try OpenFile.creating(paths.nextProgress)
            try file.write([UInt8](json).span, at: 0)
            try file.sync()
            try FileName.replace(paths.progress, by: paths.nextProgress)
            try FileName.syncFolder(of: paths.progress)
        }
    }

    private var isPlausible: Bool {
        let p = progress
        return p.position.byteOffset >= 0 && p.position.line >= 1
            && min(p.importedRowCount, p.rejectedRowCount) >= 0
            && min(p.outputByteCount, p.rejectsByteCount) >= 0
    }

    private static func contents(_ path: String) throws(ImportError) -> [UInt8]? {
        do throws(FileError) {
            let file = try OpenFile.reading(path)
            let count = try file.byteCount
            guard count <= byteLimit else { return [] }
            var bytes = [UInt8](repeating: 0, count: count)
            var span = bytes.mutableSpan
            let read = try file.read(into: &span, from: 0, at: 0)
            return read == count ? bytes : []
        } catch {
            if error.isNotThere { return nil }
            throw .file(error)
        }
    }
}
