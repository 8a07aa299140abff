// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault
internal import SecretMemory

/// How a command ended: an exit code, one line that says what was wrong, and one of what to do.
struct Failure {
    /// The documented exit codes.
    enum Code: Int32 {
        case done = 0
        case refused = 1
        case usage = 2
        case cannotUnlock = 3
        case storage = 4
        case integrity = 5
    }

    let code: Code
    let message: String
    let hint: String

    init(_ code: Code, _ message: String, hint: String) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// What an error of the library or of the argument parser means here.
    init(_ error: any Error, of command: (some ParsableCommand).Type) {
        switch error {
        case let error as ToolError: self = error.failure
        case let error as VaultError: self.init(error)
        case let error as KeyringError: self.init(VaultError(keyring: error))
        case let error as StoreError: self.init(VaultError(store: error))
        case PassphraseError.memory(let error):
            self.init(.refused, error.description, hint: Self.lock)
        case let error as PassphraseError:
            self.init(
                .refused, error.description,
                hint: "Choose another, or let 'card-vault passphrase' make one.")
        case let error as PANError:
            self.init(.refused, error.description, hint: "Give the 8 to 19 digits of a card.")
        case let error as TokenError:
            self.init(
                .refused, error.description,
                hint: "A token is 'tok_' and 26 characters, or 8 to 19 digits.")
        case let error as CSVError: self.init(error)
        case let error as ImportError: self.init(error)
        case let error as SensitiveColumns:
            self.init(
                .refused, error.description,
                hint: "Leave such a column out with --drop-column NAME.")
        case let error as FileError:
            self.init(.storage, error.description, hint: "Look at the disk and the permissions.")
        case let error as SecretMemoryError: self.init(.refused, error.description, hint: Self.lock)
        case let error as ProcessHardening.Refusal:
            self.init(.refused, error.description, hint: "Run where the system allows it.")
        default: self.init(parsing: error, of: command)
        }
    }

    /// Prints, and ends the process. Help and version go to standard output.
    func exit() -> Never {
        if code == .done {
            Standard.output.write(message + "\n")
        } else {
            Standard.error.write("card-vault: \(message)\n\(hint)\n")
        }
        Standard.exit(code.rawValue)
    }

    private static let lock =
        "Raise the limit of locked memory (ulimit -l), or accept --allow-unlocked-memory."

    private init(_ error: CSVError) {
        if case .file = error {
            self.init(.storage, error.description, hint: "Look at the input file.")
        } else {
            self.init(.refused, error.description, hint: "Mend the input file or its options.")
        }
    }

    private init(_ error: ImportError) {
        switch error {
        case .file:
            self.init(
                .storage, error.description,
                hint: "Look at the disk and at --out, then run the import again with --resume.")
        case .unfinishedImport:
            self.init(.refused, error.description, hint: "Go on with --resume.")
        case .outputExists:
            self.init(.refused, error.description, hint: "Choose another --out, or move the file.")
        case .alreadyRunning:
            self.init(.refused, error.description, hint: "Wait for it, or choose another --out.")
        default:
            self.init(
                .refused, error.description,
                hint: "Resume with the same input and options, or start anew with another --out.")
        }
    }

    private init(_ error: VaultError) {
        self.init(error.exitCode, error.description, hint: error.hint)
    }
}

extension VaultError {
    /// The exit code of each kind of failure.
    fileprivate var exitCode: Failure.Code {
        switch code {
        case .integrity, .keyringIntegrity, .keyringMalformed, .keyringOlder, .keyringForked,
            .otherVault:
            .integrity
        case .cannotUnlock, .needsUnlock: .cannotUnlock
        case .keyringMissing, .keyringFile, .keyringVersion, .notInitialized: .storage
        case .store: store?.code == .corrupt ? .integrity : .storage
        default: .refused
        }
    }

    /// What to do about it.
    fileprivate var hint: String {
        switch code {
        case .notFound: "Look at the token, and at --scope."
        case .unknownScope: "List the scopes with 'card-vault scope list'."
        case .scopeExists: "Use it, or choose another name."
        case .scopeIncomplete: "Run 'card-vault scope add' for it again."
        case .cannotUnlock, .needsUnlock: "Give the passphrase of a custodian of this keyring."
        case .keyringMissing, .notInitialized:
            "Look at --keyring and --store, or make a vault with 'card-vault init'."
        case .keyringFile: "Look at the disk and at the permissions of --keyring."
        case .keyringVersion: "Use the release that made it, or a later one."
        case .vaultExists: "Choose other files, or use the vault that is there."
        case .integrity, .keyringIntegrity, .keyringMalformed:
            "Keep the files as evidence, find out who could write them, and restore a copy."
        case .keyringOlder, .keyringForked: "Find the newest keyring file of this vault."
        case .otherVault: "Give the keyring and the store of one vault."
        case .formatTooNarrow: "Choose --format opaque or last-four."
        case .needsSoftwareAES: "Use another machine, or accept --allow-software-aes."
        case .memory: "Raise the limit of locked memory (ulimit -l)."
        case .store: storeHint
        default: "See 'card-vault --help'."
        }
    }

    private var storeHint: String {
        switch store?.code {
        case .busy: "Wait for the other process, then try again."
        case .full: "Make room on the disk, then try again."
        case .readOnly: "Look at the permissions of the store and its folder."
        case .missing: "Look at --store, or make a vault with 'card-vault init'."
        case .newerSchema: "Use the release that made the store, or a later one."
        case .corrupt: "Keep the file as evidence and restore a copy."
        default: "Look at --store."
        }
    }
}

/// What only the tool can refuse.
enum ToolError: Error {
    /// There is no terminal to ask on, and no file or descriptor was named.
    case noTerminal
    /// The file or descriptor of the passphrase cannot be read.
    case passphraseUnreadable(systemCode: Int32)
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

    var failure: Failure {
        switch self {
        case .noTerminal:
            Failure(
                .cannotUnlock, "There is no terminal to ask for the secret on.",
                hint: "Give --passphrase-file or --passphrase-fd.")
        case .passphraseUnreadable(let systemCode):
            Failure(
                .cannotUnlock, "The passphrase cannot be read: system error \(systemCode).",
                hint: "Look at --passphrase-file or --passphrase-fd.")
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
        }
    }
}
