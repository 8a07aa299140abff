// SPDX-License-Identifier: Apache-2.0
public import CardCrypto

/// The keys of a vault as a value: which there are, what they are for, and in which state.
///
/// The keys themselves are wrapped; ``KeyringFile`` unwraps them. The key that seals is not stored:
/// it is the active key of its purpose and scope with the highest sequence number.
public struct Keyring: Sendable {
    /// The vault that the keys belong to.
    public let vault: VaultID
    /// When the vault was made.
    public let created: Timestamp
    /// How often the keyring was written: 1, 2, 3, …
    public internal(set) var generation: UInt64
    /// The oldest generation that may still be opened.
    public internal(set) var required: UInt64
    /// How many leading digits of a 16-digit PAN the store keeps in the clear: 6 or 8.
    public let binDigitCount: Int
    /// The scopes in the order of their making.
    public private(set) var scopes: [KeyringScope]
    /// The code of the file's bytes, 32 bytes; empty while the keyring was never written.
    public internal(set) var code: [UInt8] = []

    private(set) var slots: [CustodySlot]
    private(set) var entries: [KeyringEntry]

    /// A keyring of the first generation, or one as it was read.
    init(
        vault: VaultID, created: Timestamp, generation: UInt64, required: UInt64,
        binDigitCount: Int, slots: [CustodySlot], scopes: [KeyringScope], entries: [KeyringEntry]
    ) {
        self.vault = vault
        self.created = created
        self.generation = generation
        self.required = required
        self.binDigitCount = binDigitCount
        self.slots = slots
        self.scopes = scopes
        self.entries = entries
    }

    /// What is known of every key of the keyring, in the order of their making.
    public var keys: [KeyDescriptor] { entries.map(\.key) }

    /// The scope named `id`; nil when there is none.
    public func scope(_ id: ScopeID) -> KeyringScope? { scopes.first { $0.id == id } }

    /// What is known of the key named `id`; nil when the keyring has none.
    public func key(_ id: KeyID) -> KeyDescriptor? { entry(id)?.key }

    /// The key that seals for `purpose` and `scope`; nil when there is none.
    public func primary(_ purpose: KeyPurpose, scope: ScopeID? = nil) -> KeyDescriptor? {
        entries.lazy.map(\.key)
            .filter { $0.purpose == purpose && $0.scope == scope && $0.state.seals }
            .max { $0.sequence < $1.sequence }
    }

    func entry(_ id: KeyID) -> KeyringEntry? { entries.first { $0.key.id == id } }

    /// Adds a scope with its key.
    ///
    /// - Throws: ``KeyringError/scopeExists`` or ``KeyringError/tooManyScopes``.
    mutating func add(_ scope: KeyringScope, with entry: KeyringEntry) throws(KeyringError) {
        guard self.scope(scope.id) == nil else { throw .scopeExists }
        guard scopes.count < ScopeID.limit else { throw .tooManyScopes }
        precondition(entry.key.purpose == .scope && entry.key.scope == scope.id)
        scopes.append(scope)
        entries.append(entry)
    }
}

/// A scope as the keyring knows it.
public struct KeyringScope: Hashable, Sendable {
    /// How the opaque tokens of a scope are drawn. The raw value is the name in the file.
    public enum TokenStyle: String, Sendable {
        /// 48 bits of the time and 80 random bits: rows are stored in the order of their making.
        case timeOrdered = "time"
        /// 128 random bits, for those who must not show when a card was stored.
        case random
    }

    /// The name.
    public let id: ScopeID
    /// When it was made.
    public let created: Timestamp
    /// How its opaque tokens are drawn.
    public let tokens: TokenStyle
}

/// A key of the keyring file: what is known of it, and its wrapped bytes.
struct KeyringEntry: Sendable {
    let key: KeyDescriptor
    /// The key wrapped by the root key's `wrap` subkey; nil once the key is destroyed.
    let box: SealedBox?
}
