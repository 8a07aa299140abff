// SPDX-License-Identifier: Apache-2.0
public import CardData
internal import CardCrypto
public import CardKeys
internal import SecretMemory

/// Why a vault could not do what it was asked.
public struct VaultError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure it was. Cases may be added.
    public enum Code: String, Sendable {
        /// There is no such token in this scope. A token of another scope is the same as none.
        case notFound
        /// There is no such scope.
        case unknownScope
        /// There is such a scope already.
        case scopeExists
        /// The keyring has the scope and the store has no keys for it: `scope add` was cut off.
        case scopeIncomplete
        /// The keyring holds as many scopes as it may.
        case tooManyScopes
        /// A record, key set or pin is not as it was written; `subject` names it.
        case integrity
        /// A row of a batch is no card number; `reason` says why.
        case badPAN
        /// A digit format would have fewer than six random digits for this card.
        case formatTooNarrow
        /// Sixteen tokens in a row were taken.
        case formatFull
        /// A purpose is empty, too long, not printable, or holds a card number.
        case badPurpose
        /// An actor's name is empty, too long, not printable, or holds a card number.
        case badActor
        /// An origin is empty, too long, not printable, or holds a card number.
        case badOrigin
        /// A lifetime is not more than zero, or longer than may be; or ends before it did.
        case badLifetime
        /// A hold of another kind was asked for than the handle has. It was not opened.
        case otherKind
        /// The handle does not open its hold: one of the two was altered.
        case handleRefused
        /// A file is no anchor or export of this vault's audit log; `subject` says which line.
        case auditFile
        /// No key of the scope may seal.
        case noSealingKey
        /// A key is past its originator-usage period and seals no more: it must be rotated.
        case keyExpired
        /// There is no such key.
        case unknownKey
        /// A key cannot go from its state to the one asked for; `subject` says which.
        case keyState
        /// It is the only key of its purpose that is in use, or would be when it ends.
        case onlyKey
        /// The store has as many keys of the scope as it may: 4,096, destroyed ones counted.
        case tooManyKeys
        /// A key is still needed; `subject` says by what.
        case keyNeeded
        /// The keys of the scope were destroyed, and with them what it held.
        case scopeShredded
        /// There is no such copy in the register.
        case unknownCopy
        /// The register of exported copies holds as many as it may.
        case tooManyCopies
        /// A custody slot could not be kept, or none would be left.
        case slotsRefused
        /// A folder holds no whole backup of this vault; `subject` says what is wrong.
        case backupRefused
        /// A store of this kind takes no copies of itself.
        case noBackups
        /// There is something where a backup was to be made.
        case backupExists
        /// A file of a backup could not be read or written.
        case backupFile
        /// Others have changed the store since it was said what a restore would lose.
        case storeInUse
        /// The present store is damaged, and must be kept under another name.
        case oldStoreNeeded
        /// A key needs AES instructions that this processor does not have.
        case needsSoftwareAES
        /// Guarded memory could not be had.
        case memory
        /// There is no keyring file.
        case keyringMissing
        /// The keyring file could not be read or written.
        case keyringFile
        /// Somebody else changes keys or makes a backup, for longer than this vault waits.
        case keyringBusy
        /// The keyring file is no keyring.
        case keyringMalformed
        /// The keyring file has the format of a later release.
        case keyringVersion
        /// No slot opens with the secret presented.
        case cannotUnlock
        /// The keyring file was altered.
        case keyringIntegrity
        /// The keyring has a new root key and must be unlocked again.
        case needsUnlock
        /// The keyring is older than the store requires.
        case keyringOlder
        /// The keyring and the one that the store saw grew apart.
        case keyringForked
        /// There is a vault already.
        case vaultExists
        /// The store belongs to another vault.
        case otherVault
        /// The store has not been initialized, or only in part.
        case notInitialized
        /// The store failed; `store` says how.
        case store
        /// The process was forked since the vault was opened.
        case forked
        /// The task was cancelled before its record went to the writer.
        case cancelled
    }

    /// What kind of failure it was.
    public let code: Code
    /// The id of what failed, a token, key or scope; nil where it is the caller's own argument.
    public let subject: String?
    /// Why a row of a batch is no card number.
    public let reason: PANError?
    /// What the store said.
    public let store: StoreError?
    /// The system's error number, where there is one.
    public let systemCode: Int32?

    init(
        _ code: Code, subject: String? = nil, reason: PANError? = nil, systemCode: Int32? = nil
    ) {
        self.code = code
        self.subject = subject
        self.reason = reason
        store = nil
        self.systemCode = systemCode
    }

    /// What a store's error means to the caller of a vault.
    public init(store error: StoreError) {
        code = .store
        subject = nil
        reason = nil
        store = error
        systemCode = error.systemCode
    }

    /// What a keyring's error means to the caller of a vault.
    public init(keyring error: KeyringError) {
        let subject: String? =
            switch error {
            case .wrappedKey(let id), .unknownKey(let id): id
            case .transition(let error): "\(error.id): \(error.from) to \(error.to)"
            default: nil
            }
        let systemCode: Int32? = if case .file(let error) = error { error.systemCode } else { nil }
        let code: Code =
            switch error {
            case .notFound: .keyringMissing
            case .exists: .vaultExists
            case .tooLarge, .malformed, .badField: .keyringMalformed
            case .unknownVersion: .keyringVersion
            case .cannotUnlock: .cannotUnlock
            case .integrity, .wrappedKey: .keyringIntegrity
            case .needsUnlock: .needsUnlock
            case .older: .keyringOlder
            case .forked: .keyringForked
            case .scopeExists: .scopeExists
            case .tooManyScopes: .tooManyScopes
            case .unknownScope: .unknownScope
            case .scopeShredded: .scopeShredded
            case .unknownKey: .unknownKey
            case .transition: .keyState
            case .unknownCopy: .unknownCopy
            case .tooManyCopies: .tooManyCopies
            case .slotsRefused: .slotsRefused
            case .otherVault: .otherVault
            case .file(let error): error.operation == .lock ? .keyringBusy : .keyringFile
            case .memory: .memory
            }
        self.init(code, subject: subject, systemCode: systemCode)
    }
}

/// What the layers below throw becomes a vault's error.
extension VaultError {
    static func keyring<R: ~Copyable>(
        _ body: () throws(KeyringError) -> R
    ) throws(VaultError) -> R {
        do throws(KeyringError) { return try body() } catch { throw VaultError(keyring: error) }
    }

    static func transition<R>(
        _ body: () throws(KeyTransitionError) -> R
    ) throws(VaultError) -> R {
        do throws(KeyTransitionError) {
            return try body()
        } catch {
            throw VaultError(keyring: .transition(error))
        }
    }

    static func store<R>(
        _ body: () async throws(StoreError) -> R
    ) async throws(VaultError) -> R {
        do throws(StoreError) { return try await body() } catch { throw VaultError(store: error) }
    }
}
