// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault
internal import CardVaultSQLite
internal import SecretMemory

/// The options that every command takes.
struct VaultOptions: ParsableArguments {
    @Option(help: "The keyring file.") var keyring = "keyring.json"
    @Option(help: "The store.") var store = "cards.db"
    @Option(help: "The scope: the merchant or tenant.") var scope = "default"
    @Option(help: "Read the passphrase from a file.") var passphraseFile: String?
    @Option(name: .customLong("passphrase-fd"), help: "Read the passphrase from a descriptor.")
    var passphraseDescriptor: Int32?
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Go on when key memory cannot be locked, and say so.")
    var allowUnlockedMemory = false

    var locking: MemoryLocking { allowUnlockedMemory ? .optedOut : .required }

    func validate() throws {
        guard passphraseFile == nil || passphraseDescriptor == nil else {
            throw ValidationError("Give --passphrase-file or --passphrase-fd, not both.")
        }
    }

    /// The vault, unlocked with the passphrase.
    func openVault() async throws -> Vault {
        let file = try KeyringFile.unlock(
            at: keyring, with: .passphrase(try presentedPassphrase()), locking: locking)
        let vault = try await Vault(keyring: file, store: try SQLiteStore(path: store))
        report(isLocked: vault.isKeyMemoryLocked)
        return vault
    }

    /// The scope of an unlocked vault, in the name of the user.
    func openScope() async throws -> Scope {
        try await openVault().scope(scope, as: Standard.actor)
    }

    /// A passphrase that opens a slot. One that could never have been accepted opens none.
    private func presentedPassphrase() throws -> Passphrase {
        let text = try PassphraseSource(self).read("Passphrase: ", locking: locking)
        do {
            return try passphrase(text)
        } catch {
            if case .memory(let error) = error { throw error }
            throw KeyringError.cannotUnlock
        }
    }

    /// A passphrase for a new slot; on a terminal it is asked for twice.
    func newPassphrase() throws -> Passphrase {
        let source = PassphraseSource(self)
        let text = try source.read("New passphrase: ", locking: locking)
        let passphrase = try passphrase(text)
        if source == .terminal {
            let again = try source.read("Again: ", locking: locking)
            let isSame = text.withBytes { a in again.withBytes { b in a.hasSameBytes(as: b) } }
            guard isSame else { throw ToolError.entriesDiffer }
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

extension Span<UInt8> {
    /// Whether two entries of one person are the same. Both are the person's own: nobody is timed.
    fileprivate func hasSameBytes(as other: Span<UInt8>) -> Bool {
        count == other.count && indices.allSatisfy { self[$0] == other[$0] }
    }
}
