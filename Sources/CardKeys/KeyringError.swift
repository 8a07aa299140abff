// SPDX-License-Identifier: Apache-2.0
public import SecretMemory

/// Why a keyring could not be read, opened or changed.
public enum KeyringError: Error, Equatable, CustomStringConvertible {
    /// There is no keyring file.
    case notFound
    /// There is a keyring file already.
    case exists
    /// The file has more bytes than a keyring may have.
    case tooLarge(limit: Int)
    /// The bytes at `offset` are not those of a keyring file.
    case malformed(offset: Int)
    /// A field is missing, unknown or has an impossible value.
    case badField(String)
    /// The file has a version that this release does not know.
    case unknownVersion(UInt64)
    /// No slot opens with the secret presented.
    case cannotUnlock
    /// A slot opened, and the file is not as it was written.
    case integrity
    /// The file has a root key of another time: open it anew with a custodian's secret.
    case needsUnlock
    /// The file is older than one that was seen before.
    case older(generation: UInt64, seen: UInt64)
    /// The file has the generation of one that was seen before, and another content.
    case forked(generation: UInt64)
    /// There is such a scope already.
    case scopeExists
    /// The keyring holds as many scopes as it may.
    case tooManyScopes
    /// There is no such scope.
    case unknownScope
    /// The keys of the scope were destroyed for good.
    case scopeShredded
    /// The keyring has no such key.
    case unknownKey(id: String)
    /// The life of a key does not go that way.
    case transition(KeyTransitionError)
    /// The register has no such copy.
    case unknownCopy
    /// The register holds as many copies as it may.
    case tooManyCopies
    /// No slot would be left to open the keyring with.
    case slotsRefused
    /// The file is the keyring of another vault.
    case otherVault
    /// A key of the keyring did not unwrap.
    case wrappedKey(id: String)
    /// The system refused a file operation.
    case file(FileError)
    /// Guarded memory could not be had.
    case memory(SecretMemoryError)

    /// One sentence, without any secret.
    public var description: String {
        switch self {
        case .notFound: "There is no keyring file."
        case .exists: "There is a keyring file already."
        case .tooLarge(let limit): "The keyring file has more than \(limit) bytes."
        case .malformed(let offset): "The keyring file is malformed at byte \(offset)."
        case .badField(let name): "The keyring file has a missing or impossible field \(name)."
        case .unknownVersion(let version): "The keyring file has the unknown version \(version)."
        case .cannotUnlock: "The secret opens no slot of the keyring."
        case .integrity: "The keyring file was altered."
        case .needsUnlock: "The keyring has a new root key and must be unlocked again."
        case .older(let generation, let seen):
            "The keyring is of generation \(generation), older than \(seen), which is required."
        case .forked(let generation):
            "The keyring is another one of the same generation \(generation)."
        case .scopeExists: "There is such a scope already."
        case .tooManyScopes: "The keyring holds \(ScopeID.limit) scopes, as many as it may."
        case .unknownScope: "There is no such scope."
        case .scopeShredded: "The scope was shredded: its keys are destroyed for good."
        case .unknownKey(let id): "The keyring has no key \(id)."
        case .transition(let error): error.description
        case .unknownCopy: "The keyring has no such copy in its register."
        case .tooManyCopies: "The keyring registers \(KeyringCopy.limit) copies, as many as it may."
        case .slotsRefused: "No custody slot would be left to open the keyring with."
        case .otherVault: "The keyring belongs to another vault."
        case .wrappedKey(let id): "Key \(id) of the keyring does not unwrap."
        case .file(let error): error.description
        case .memory(let error): error.description
        }
    }
}

/// What the layers below throw becomes a keyring's error.
extension KeyringError {
    static func memory<R: ~Copyable>(
        _ body: () throws(SecretMemoryError) -> R
    ) throws(KeyringError) -> R {
        do throws(SecretMemoryError) { return try body() } catch { throw .memory(error) }
    }

    static func file<R: ~Copyable>(
        _ body: () throws(FileError) -> R
    ) throws(KeyringError) -> R {
        do throws(FileError) { return try body() } catch { throw .file(error) }
    }
}
