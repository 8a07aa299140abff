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
    public private(set) var scopes: [KeyringScope] = []
    /// How long keys may be used.
    public internal(set) var periods = Cryptoperiods.standard
    /// The copies that were exported, in the order of their making.
    public internal(set) var copies: [KeyringCopy] = []
    /// The code of the file's bytes, 32 bytes; empty while the keyring was never written.
    public internal(set) var code: [UInt8] = []

    var slots: [CustodySlot]
    private(set) var entries: [KeyringEntry] = []
    private var index = KeyringIndex()

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
        for scope in scopes { add(scope) }
        for entry in entries { add(entry) }
    }

    /// What is known of every key of the keyring, in the order of their making.
    public var keys: [KeyDescriptor] { entries.map(\.key) }

    /// The scope named `id`; nil when there is none.
    public func scope(_ id: ScopeID) -> KeyringScope? { index.place(of: id).map { scopes[$0] } }

    /// What is known of the key named `id`; nil when the keyring has none.
    public func key(_ id: KeyID) -> KeyDescriptor? { entry(id)?.key }

    /// The key that seals for `purpose` and `scope`; nil when there is none.
    public func primary(_ purpose: KeyPurpose, scope: ScopeID? = nil) -> KeyDescriptor? {
        keys(of: purpose, scope: scope).filter(\.state.seals).max { $0.sequence < $1.sequence }
    }

    /// What is known of the keys of a purpose and scope, in the order of their making.
    func keys(of purpose: KeyPurpose, scope: ScopeID?) -> [KeyDescriptor] {
        index.places(of: purpose, scope: scope).map { entries[$0].key }
    }

    func entry(_ id: KeyID) -> KeyringEntry? { index.place(of: id).map { entries[$0] } }

    /// The copies that still open old copies of the store for `scope`: made before it was shredded,
    /// and not confirmed destroyed. None while it lives.
    public func pendingCopies(of scope: ScopeID) -> [KeyringCopy] {
        guard let shredded = self.scope(scope)?.shreddedAt else { return [] }
        return copies.filter { $0.generation < shredded && $0.destroyed == nil }
    }
}

/// Changes that keep the index: what was added stays in its place.
extension Keyring {
    mutating func add(_ scope: KeyringScope) {
        index.add(scope.id, at: scopes.count)
        scopes.append(scope)
    }

    mutating func add(_ entry: KeyringEntry) {
        index.add(entry.key, at: entries.count)
        entries.append(entry)
    }

    /// Puts another form of a key in its place.
    mutating func replace(_ entry: KeyringEntry) {
        guard let place = index.place(of: entry.key.id) else {
            preconditionFailure("the keyring has no such key")
        }
        entries[place] = entry
    }

    /// Puts another form of a scope in its place.
    mutating func replace(_ scope: KeyringScope) {
        guard let place = index.place(of: scope.id) else {
            preconditionFailure("the keyring has no such scope")
        }
        scopes[place] = scope
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
    /// The generation of the keyring in which its keys were destroyed; nil while it lives.
    public internal(set) var shreddedAt: UInt64?
}

/// A key of the keyring file: what is known of it, and its wrapped bytes.
struct KeyringEntry: Sendable {
    let key: KeyDescriptor
    /// The key wrapped by the root key's `wrap` subkey; nil once the key is destroyed.
    let box: SealedBox?
}
