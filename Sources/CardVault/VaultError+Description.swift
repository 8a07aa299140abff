// SPDX-License-Identifier: Apache-2.0

extension VaultError {
    /// One sentence with ids and numbers, and nothing of a card.
    public var description: String {
        if let store { return store.description }
        if let reason { return reason.description }
        let about = subject.map { " (\($0))" } ?? ""
        let number = systemCode.map { ", error \($0)" } ?? ""
        return "\(sentence)\(about)\(number)."
    }

    /// What goes on record as the caller gives it.
    private var text: String {
        switch code {
        case .badActor: "An actor"
        case .badOrigin: "An origin"
        default: "A purpose"
        }
    }

    private var sentence: String {
        switch code {
        case .keyringMissing, .keyringFile, .keyringBusy, .keyringMalformed, .keyringVersion,
            .cannotUnlock, .keyringIntegrity, .needsUnlock, .keyringOlder, .keyringForked:
            keyringSentence
        case .notFound: "There is no such token in this scope"
        case .unknownScope: "There is no such scope"
        case .scopeExists: "There is such a scope already"
        case .scopeIncomplete: "The scope was made in part only"
        case .tooManyScopes: "The keyring holds as many scopes as it may"
        case .integrity: "A record of the store was altered"
        case .badPAN: "This is no card number"
        case .formatTooNarrow: "The format leaves fewer than six random digits for this card"
        case .formatFull: "No free token was found for this format"
        case .badPurpose, .badActor, .badOrigin:
            "\(text) is 1 to 200 printable characters without a card number"
        case .badLifetime: "A lifetime must be more than zero and no longer than is allowed"
        case .otherKind: "The hold is of another kind"
        case .handleRefused: "The handle does not open its hold"
        case .auditFile: "The file is no export or anchor of this vault's audit log"
        case .noSealingKey: "No key may seal"
        case .keyExpired: "A key is past the period in which it may seal"
        case .unknownKey: "There is no such key"
        case .keyState: "The key cannot change its state so"
        case .onlyKey: "The only key in use of its purpose must be rotated first"
        case .tooManyKeys: "The scope has as many keys as it may"
        case .keyNeeded: "The key is still needed"
        case .scopeShredded: "The scope was shredded"
        case .unknownCopy: "There is no such copy of the keyring"
        case .tooManyCopies: "The keyring registers as many copies as it may"
        case .slotsRefused: "No custody slot would be left, or too many"
        case .backupRefused, .noBackups, .backupExists, .backupFile, .storeInUse, .oldStoreNeeded:
            backupSentence
        case .needsSoftwareAES: "A key needs AES instructions, which this processor does not have"
        case .memory: "Guarded memory could not be had"
        case .vaultExists: "There is a vault already"
        case .otherVault: "The store belongs to another vault"
        case .notInitialized: "The store is not initialized"
        case .store: "The store failed"
        case .forked: "The process was forked since the vault was opened"
        case .cancelled: "The task was cancelled"
        }
    }

    private var keyringSentence: String {
        switch code {
        case .keyringMissing: "There is no keyring file"
        case .keyringFile: "The keyring file could not be read or written"
        case .keyringBusy: "Somebody else is changing keys or making a backup"
        case .keyringMalformed: "The keyring file is no keyring"
        case .keyringVersion: "The keyring file was made by a later release"
        case .cannotUnlock: "The secret opens no slot of the keyring"
        case .keyringIntegrity: "The keyring file was altered"
        case .needsUnlock: "The keyring has a new root key and must be unlocked again"
        case .keyringOlder: "The keyring is older than the store requires"
        case .keyringForked: "The keyring and the one that the store saw grew apart"
        default: "The keyring failed"
        }
    }
}
