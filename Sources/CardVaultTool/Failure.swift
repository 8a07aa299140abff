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
        case let error as KeyRefusal: self = error.failure
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
        case let error as ProgramError:
            self.init(
                .storage, error.description,
                hint: "Look at --command. The head is on record, and not anchored: try again.")
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
