// SPDX-License-Identifier: Apache-2.0
internal import CardVault

extension VaultError {
    /// The exit code of each kind of failure.
    var exitCode: Failure.Code {
        switch code {
        case .integrity, .keyringIntegrity, .keyringMalformed, .keyringOlder, .keyringForked,
            .otherVault, .handleRefused, .auditFile, .backupRefused:
            .integrity
        case .cannotUnlock, .needsUnlock: .cannotUnlock
        case .keyringMissing, .keyringFile, .keyringBusy, .keyringVersion, .notInitialized,
            .backupFile:
            .storage
        case .store: store?.code == .corrupt ? .integrity : .storage
        default: .refused
        }
    }

    /// What to do about it.
    var hint: String {
        switch code {
        case .notFound: "Look at the token, and at --scope."
        case .unknownScope: "List the scopes with 'card-vault scope list'."
        case .scopeExists: "Use it, or choose another name."
        case .scopeIncomplete: "Run 'card-vault scope add' for it again."
        case .cannotUnlock, .needsUnlock: "Give the passphrase of a custodian of this keyring."
        case .keyringMissing, .notInitialized:
            "Look at --keyring and --store, or make a vault with 'card-vault init'."
        case .keyringFile: "Look at the disk and at the permissions of --keyring."
        case .keyringBusy: "Wait for the other process, then try again."
        case .keyringVersion: "Use the release that made it, or a later one."
        case .vaultExists: "Choose other files, or use the vault that is there."
        case .integrity, .keyringIntegrity, .keyringMalformed:
            "Keep the files as evidence, find out who could write them, and restore a copy."
        case .keyringOlder, .keyringForked: "Find the newest keyring file of this vault."
        case .otherVault: "Give the keyring and the store of one vault."
        case .handleRefused: "Give the handle as it was given out; else keep the store as evidence."
        case .auditFile: ToolError.auditEvidence
        case .otherKind: "See which kind it is with 'card-vault hold list'."
        case .badLifetime: "Give a lifetime of more than zero, and no longer than is needed."
        case .badOrigin: "Look at the name of this machine."
        case .formatTooNarrow: "Choose --format opaque or last-four."
        case .needsSoftwareAES: "Use another machine, or accept --allow-software-aes."
        case .noSealingKey: "Let it seal with 'card-vault key resume', or rotate it."
        case .keyExpired: "Run '\(rotation ?? "card-vault key rotate")'."
        case .unknownKey: KeyRefusal.listKeys
        case .keyState: "A key that seals is rotated first. " + KeyRefusal.listKeys
        case .onlyKey: "Run 'card-vault key rotate \(subject ?? "PURPOSE")' first."
        case .tooManyKeys: "Make another scope for new cards."
        case .keyNeeded: whatToDoFirst
        case .scopeShredded: "See with 'card-vault shred' which copies of the keyring are left."
        case .unknownCopy: "List the copies with 'card-vault keyring copies list'."
        case .tooManyCopies:
            "Destroy copies, and confirm it with 'card-vault keyring copies destroyed'."
        case .slotsRefused: "Give the passphrases of the custodians who stay."
        case .backupRefused: "Give the folder of a backup, whole and as it was written."
        case .backupExists: "Choose another folder: no copy takes the place of another."
        case .backupFile: "Look at the disk and at the permissions of the folder."
        case .storeInUse: "Stop the servers, then try again."
        case .oldStoreNeeded: "Name a file for it with --keep-old."
        case .noBackups: "Give the store of a file."
        case .memory: "Raise the limit of locked memory (ulimit -l)."
        case .store: storeHint
        default: "See 'card-vault --help'."
        }
    }

    /// What keys are needed by until something is done.
    private var whatToDoFirst: String {
        switch keyWords.first {
        case "data", "fingerprint": "Run 'card-vault reseal' first."
        case "hold": "Wait until they end. 'card-vault hold sweep' removes those that are over."
        case "scope": "Run 'card-vault key rotate scope --all' first."
        case "audit": "Move them to a file with 'card-vault audit archive' first."
        case "seal": "Run 'card-vault key rotate seal' first."
        default: KeyRefusal.listKeys
        }
    }

    /// The command that makes a successor of the key in question.
    private var rotation: String? {
        let words = keyWords
        guard let purpose = words.first else { return nil }
        let scope = words.count == 5 ? " --scope \(words[4])" : ""
        return "card-vault key rotate \(purpose)\(scope)"
    }

    /// The words of `data key ID of SCOPE`, with which a subject names a key.
    private var keyWords: [Substring] { subject?.split(separator: " ") ?? [] }

    private var storeHint: String {
        switch store?.code {
        case .busy: "Wait for the other process, then try again."
        case .stalled:
            "Look at the disk. What was asked may still be done: look before you repeat it."
        case .full: "Make room on the disk, then try again."
        case .readOnly: "Look at the permissions of the store and its folder."
        case .missing: "Look at --store, or make a vault with 'card-vault init'."
        case .newerSchema: "Use the release that made the store, or a later one."
        case .corrupt: "Keep the file as evidence and restore a copy."
        default: "Look at --store."
        }
    }
}
