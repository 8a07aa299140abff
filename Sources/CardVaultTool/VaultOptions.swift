// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault
internal import CardVaultSQLite
internal import ConstantTime
internal import Logging
internal import SecretMemory

/// The options that every command takes.
struct VaultOptions: ParsableArguments {
    @Option(help: "The keyring file.") var keyring = "keyring.json"
    @Option(help: "The store.") var store = "cards.db"
    @Option(
        name: .customLong("scope"), help: "The scope: the merchant or tenant (default: default).")
    var givenScope: String?
    @Option(help: "Read the passphrase from a file.") var passphraseFile: String?
    @Option(name: .customLong("passphrase-fd"), help: "Read the passphrase from a descriptor.")
    var passphraseDescriptor: Int32?
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Go on when key memory cannot be locked, and say so.")
    var allowUnlockedMemory = false

    @Flag(help: "Run AES without AES instructions, in software that may not be constant time.")
    var allowSoftwareAES = false

    var scope: String { givenScope ?? "default" }
    var locking: MemoryLocking { allowUnlockedMemory ? .optedOut : .required }

    func validate() throws {
        guard passphraseFile == nil || passphraseDescriptor == nil else {
            throw ValidationError("Give --passphrase-file or --passphrase-fd, not both.")
        }
    }

    /// The library's log is for servers: what matters here is an error or a result.
    static let silence = Logger(label: "card-vault") { _ in SwiftLogNoOpLogHandler() }

    /// The vault, unlocked with the passphrase, in the name of the user.
    func openVault() async throws -> Vault { try await openVault(of: unlockKeyring()) }

    /// The vault of an unlocked keyring, in the name of the user.
    func openVault(of file: KeyringFile) async throws -> Vault {
        try await Vault(
            keyring: file, store: try SQLiteStore(path: store), as: Operator.current.actor,
            from: Operator.current.origin, allowingSoftwareAES: allowSoftwareAES,
            logger: Self.silence)
    }

    /// The scope of an unlocked vault, in the name of the user.
    func openScope() async throws -> Scope { try await openScope(of: openVault()) }

    /// The scope of a vault, in the name of the user.
    func openScope(of vault: Vault) async throws -> Scope {
        try await vault.scope(scope, as: Operator.current.actor, from: Operator.current.origin)
    }

    /// The keyring file, unlocked with the passphrase.
    ///
    /// - Parameters:
    ///   - log: gets a line when it is not opened to the one who asks; no key of the audit log is
    ///     open then.
    ///   - keep: is lent the passphrase, for those who need it again.
    func unlockKeyring(
        logging log: (String) -> Void = SystemLog.warn,
        keeping keep: (borrowing Passphrase) throws -> Void = { _ in }
    ) throws -> KeyringFile {
        do {
            let passphrase = try presentedPassphrase()
            try keep(passphrase)
            let file = try KeyringFile.unlock(
                at: keyring, with: .passphrase(passphrase), locking: locking,
                logger: Self.silence)
            report(isLocked: file.slab.isLocked)
            return file
        } catch let error as KeyringError {
            if error.isRefusal {
                let path = printable(withoutNumbers(keyring), limit: 256)
                let (actor, origin) = (Operator.current.actor, Operator.current.origin)
                log("failed unlock of \(path) by '\(actor)' from '\(origin)': \(error)")
            }
            throw error
        }
    }

    /// A passphrase that opens a slot. One that could never have been accepted opens none.
    private func presentedPassphrase() throws -> Passphrase {
        do {
            return try passphrase(try PassphraseSource(self).read("Passphrase: ", locking: locking))
        } catch PassphraseError.memory(let error) {
            throw error
        } catch is PassphraseError {
            throw KeyringError.cannotUnlock
        } catch ToolError.badInput {
            throw KeyringError.cannotUnlock
        }
    }

    /// Another passphrase, in the file that an option names.
    func passphrase(inFile path: String, of option: String) throws -> Passphrase {
        do {
            return try passphrase(try PassphraseSource.file(path).read("", locking: locking))
        } catch ToolError.passphraseUnreadable(let systemCode, _) {
            throw ToolError.passphraseUnreadable(
                systemCode: systemCode, options: option)
        }
    }

    /// A passphrase for a new slot; on a terminal it is asked for twice.
    func newPassphrase() throws -> Passphrase {
        let source = PassphraseSource(self)
        let text = try source.read("New passphrase: ", locking: locking)
        let passphrase = try passphrase(text)
        if source == .terminal {
            let again = try source.read("Again: ", locking: locking)
            let isSame = text.withBytes { a in again.withBytes { b in equal(a, b) } }
            // Public: the person at the terminal is told.
            guard isSame.declassify() else { throw ToolError.entriesDiffer }
        }
        return passphrase
    }

    private func passphrase(
        _ text: borrowing SecretBytes
    ) throws(PassphraseError) -> Passphrase {
        try text.withBytes { bytes throws(PassphraseError) in
            try Passphrase(bytes, locking: locking)
        }
    }

    func report(isLocked: Bool) {
        guard !isLocked else { return }
        Standard.error.write("Key memory is not locked and may be swapped out.\n")
    }
}

extension Passphrase {
    /// The same, once more: one opens the keyring and is gone.
    func copy(locking: MemoryLocking) throws(PassphraseError) -> Passphrase {
        try withBytes { bytes throws(PassphraseError) in
            try Passphrase(bytes, locking: locking)
        }
    }
}

extension KeyringError {
    /// Whether there was a keyring, and it was not opened with what was presented.
    fileprivate var isRefusal: Bool {
        switch self {
        case .notFound, .file, .memory: false
        default: true
        }
    }
}

/// Where a passphrase comes from: never from an argument or the environment.
enum PassphraseSource: Equatable {
    case terminal
    case file(String)
    case descriptor(Int32)

    init(_ options: VaultOptions) {
        self =
            if let descriptor = options.passphraseDescriptor {
                .descriptor(descriptor)
            } else if let path = options.passphraseFile {
                .file(path)
            } else {
                .terminal
            }
    }

    func read(_ prompt: String, locking: MemoryLocking) throws -> SecretBytes {
        let limit = Passphrase.byteCounts.upperBound + 1  // and a final newline
        do {
            return switch self {
            case .terminal:
                try Terminal().readSecret(prompt, limit: limit, locking: locking)
            case .file(let path):
                try Standard.readSecret(fromFile: path, limit: limit, locking: locking)
            case .descriptor(let number):
                try Standard.readSecret(from: number, limit: limit, locking: locking)
            }
        } catch let error as FileError {
            throw ToolError.passphraseUnreadable(systemCode: error.systemCode)
        }
    }
}
