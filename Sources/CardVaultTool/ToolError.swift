// SPDX-License-Identifier: Apache-2.0
internal import CardVault

/// What only the tool can refuse.
enum ToolError: Error {
    /// There is no terminal to ask on, and no file or descriptor was named.
    case noTerminal
    /// The file or descriptor of a passphrase cannot be read; `options` say where it is.
    case passphraseUnreadable(
        systemCode: Int32, options: String = "--passphrase-file or --passphrase-fd")
    /// There is no terminal to confirm on, and the option that does without was not given.
    case cannotAsk(option: String)
    /// The word that was asked for was not typed.
    case notConfirmed
    /// Standard output takes no result.
    case resultUnwritable(systemCode: Int32)
    /// The person at the terminal gave up.
    case interrupted
    /// Two entries of a new passphrase differ.
    case entriesDiffer
    /// Some rows of an import were refused.
    case rowsRefused(count: Int, path: String)
    /// No card with this number is there.
    case cardNotFound
    /// Standard input held nothing, or too much.
    case badInput
    /// A file is where a new one was to be made. It is left as it is.
    case fileExists(
        path: String, hint: String = "Choose another --out, or move the file.")
    /// A line of a file of anchors is none.
    case badAnchor(line: Int)
    /// A file has more anchors than are read.
    case tooManyAnchors(limit: Int)
    /// The audit log is not as it was written.
    case auditFault(AuditFault)

    /// What to do about a log that is not as it was written.
    static let auditEvidence =
        "Keep the files as evidence, find out who could write them, and look at other copies."

    /// A copy is not made where something is.
    static func copyExists(_ path: String) -> ToolError {
        .fileExists(
            path: path, hint: "Choose another name: no copy takes the place of another.")
    }

    var failure: Failure {
        switch self {
        case .noTerminal:
            Failure(
                .cannotUnlock, "There is no terminal to ask for the secret on.",
                hint: "Give --passphrase-file or --passphrase-fd.")
        case .passphraseUnreadable(let systemCode, let options):
            Failure(
                .cannotUnlock, "The passphrase cannot be read: system error \(systemCode).",
                hint: "Look at \(options).")
        case .cannotAsk(let option):
            Failure(
                .refused, "This must be confirmed, and there is no terminal to ask on.",
                hint: "Give \(option).")
        case .notConfirmed: Failure(.refused, "Not confirmed.", hint: "Nothing was changed.")
        case .resultUnwritable(let systemCode):
            Failure(
                .storage, "The result cannot be written: system error \(systemCode).",
                hint: "Look at where standard output goes.")
        case .interrupted: Failure(.refused, "Interrupted.", hint: "Nothing was changed.")
        case .entriesDiffer:
            Failure(.refused, "The two passphrases differ.", hint: "Try again.")
        case .rowsRefused(let count, let path):
            Failure(
                .refused, "Refused rows: \(count). All others are done.",
                hint: "Read why in \(path).")
        case .cardNotFound:
            Failure(.refused, "There is no such card in this scope.", hint: "Look at --scope.")
        case .badInput:
            Failure(
                .refused, "The input is empty or too long.",
                hint: "Give one line with what was asked for.")
        case .fileExists(let path, let hint):
            Failure(
                .refused, "\(printable(path)) is there already.", hint: hint)
        case .badAnchor(let line):
            Failure(
                .integrity, "Line \(line) of the anchor file is no anchor.",
                hint: "Look at --anchor: anchors that were changed are evidence.")
        case .tooManyAnchors(let limit):
            Failure(
                .refused, "There are more than \(limit) anchors.",
                hint: "Leave out old ones: the newest vouches for all before it.")
        case .auditFault(let fault):
            Failure(.integrity, fault.description, hint: Self.auditEvidence)
        }
    }
}
