// SPDX-License-Identifier: Apache-2.0

/// Why an import cannot begin, go on or end.
enum ImportError: Error, Equatable, CustomStringConvertible {
    /// A file is where a new one was to be made. It is left as it is.
    case outputExists(path: String)
    /// Output, rejects and the files beside them would share a name.
    case sameFile
    /// Another process imports to the same output.
    case alreadyRunning(path: String)
    /// An interrupted import to the same output is there, and was not to be resumed.
    case unfinishedImport(path: String)
    /// The import to be resumed was another.
    case notTheSameImport(ImportIdentity.Field)
    /// The journal is no journal, or of another version.
    case journalUnreadable(path: String)
    /// A partial file is gone or shorter than the journal says.
    case partLost(path: String)
    /// The system refused.
    case file(FileError)

    /// One sentence.
    var description: String {
        switch self {
        case .outputExists(let path): "\(printable(path)) is there already."
        case .sameFile: "Output and rejects need names of their own."
        case .alreadyRunning(let path): "Another import to \(printable(path)) is running."
        case .unfinishedImport(let path): "An interrupted import to \(printable(path)) is there."
        case .notTheSameImport(let field):
            "The interrupted import was another: the \(field.rawValue) differs."
        case .journalUnreadable(let path): "\(printable(path)) cannot be read as a journal."
        case .partLost(let path): "\(printable(path)) is gone or shorter than the journal says."
        case .file(let error): error.description
        }
    }

    /// Runs steps that the system may refuse.
    static func wrap<R: ~Copyable>(
        _ steps: () throws(FileError) -> R
    ) throws(ImportError) -> R {
        do throws(FileError) {
            return try steps()
        } catch {
            throw .file(error)
        }
    }
}
