// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys
public import Logging
internal import SecretMemory
internal import Synchronization

/// A vault: sealed cards in a store, opened with the keys of a keyring.
///
/// A vault may be used from any task, and several processes may share one store. Every call on a
/// card or a token goes through its ``Scope``.
public final class Vault: Sendable {
    let keyring: KeyringFile
    let store: any VaultStore
    let writer: Writer
    let log: Logger
    /// In whose name the vault's own deeds go on record.
    let caller: Caller
    private let clock: @Sendable () -> Timestamp
    private let allowsSoftwareAES: Bool
    private let process = ForkMark()
    private let scopes = ScopeCache()
    private let sealKeys = Mutex<[KeyID: SealKeyEntry]>([:])
    private let ownKeys = Mutex<VaultKeys?>(nil)
    private let isBehindKeyring = Mutex(false)

    /// Opens a vault, and puts that on record.
    ///
    /// - Parameters:
    ///   - keyring: the unlocked keyring.
    ///   - store: the store of the same vault.
    ///   - actor: in whose name the vault's own deeds go on record: 1 to 200 printable characters,
    ///     no card number.
    ///   - origin: from where; nil, or as `actor`.
    ///   - patience: how long an answer waits for its entry in the audit log to be durable. Then it
    ///     is not given: `store`, which says `stalled`. A change of keys waits as long for another.
    ///   - allowingSoftwareAES: whether XAES-256-GCM may run on a processor without AES
    ///     instructions, in software that may not be constant time.
    ///   - logger: gets ids, counts and durations, and never anything of a card.
    ///   - now: the clock.
    /// - Throws: ``VaultError``: `otherVault`, `notInitialized`, `keyringOlder`, `keyringForked`,
    ///   `integrity`, `badActor`, `badOrigin`, or what the store said.
    public init(
        keyring: KeyringFile, store: any VaultStore, as actor: String = "unnamed",
        from origin: String? = nil, patience: Duration = .seconds(10),
        allowingSoftwareAES: Bool = false, logger: Logger = Logger(label: "card-vault"),
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) async throws(VaultError) {
        let caller = try Caller(actor, from: origin)
        self.keyring = keyring
        self.store = store
        self.caller = caller
        writer = Writer(store: store, caller: caller, patience: patience, now: now)
        log = logger
        clock = now
        allowsSoftwareAES = allowingSoftwareAES
        try await open()
        let unlock = event(.unlock, .done)
        try await write { _, pen throws(StoreError) in try pen.append([unlock]) }
    }

    /// Whether the keyring file has a root key that this process does not know. The vault goes on
    /// with the keys it holds; ``unlockAgain(with:)`` takes the new ones.
    public var needsUnlock: Bool { isBehindKeyring.withLock { $0 } }

    /// Whether all key memory is locked. False only where the keyring was opened with an opt-out.
    public var isKeyMemoryLocked: Bool { keyring.slab.isLocked }

    /// A scope of the vault.
    ///
    /// - Parameters:
    ///   - name: the scope's id.
    ///   - actor: who is asking, for the record: 1 to 200 printable characters, no card number.
    ///   - origin: from where, such as an address; nil, or as `actor`.
    /// - Throws: ``VaultError``: `unknownScope`, `scopeIncomplete`, `badActor`, `badOrigin`,
    ///   `integrity`. A refusal is on record, in the vault's own name where the actor's is none.
    public func scope(
        _ name: String, as actor: String = "unnamed", from origin: String? = nil
    ) async throws(VaultError) -> Scope {
        try checkProcess()
        var asking: Caller?
        do throws(VaultError) {
            let caller = try Caller(actor, from: origin)
            asking = caller
            guard let id = ScopeID(name) else { throw VaultError(.unknownScope) }
            _ = try await keys(of: id)
            return Scope(vault: self, id: id, caller: caller)
        } catch {
            // Not the name that was asked for: it is the caller's, and could be a card number.
            if error.isRefusal {
                try await record([event(.openScope, .refused(error.code), by: asking)])
            }
            throw error
        }
    }

    /// The identifier of the vault.
    public var id: VaultID { keyring.current().vault }

    /// The scopes of the vault, in the order of their making.
    public var scopeList: [KeyringScope] { keyring.current().scopes }

    func now() -> Timestamp { clock() }

    /// A child process shares its parent's handles and locks, and must open a vault of its own.
    func checkProcess() throws(VaultError) {
        guard !process.isForked else { throw VaultError(.forked) }
    }
}

/// Keys: loaded when first used, checked when loaded, loaded again when the store has moved on.
extension Vault {
    /// The keys of a scope.
    func keys(of scope: ScopeID) async throws(VaultError) -> ScopeKeys {
        if let keys = scopes.keys(of: scope) { return keys }
        if keyring.current().scope(scope) == nil { try await reloadKeyring() }
        return try await load(scope)
    }

    /// The keys of a scope after the store has shown that `keys` are not the latest.
    func keys(after keys: ScopeKeys) async throws(VaultError) -> ScopeKeys {
        // Another task may have loaded later ones.
        if let later = scopes.keys(of: keys.scope.id), later.epoch > keys.epoch { return later }
        log.info("key set changed", metadata: ["scope": "\(keys.scope.id)"])
        try await reloadKeyring()
        return try await load(keys.scope.id)
    }

    /// The vault's own keys.
    func vaultKeys() async throws(VaultError) -> VaultKeys {
        if let keys = ownKeys.withLock({ $0 }) { return keys }
        return try await loadVaultKeys()
    }

    /// The vault's own keys after the store has shown that `keys` are not the latest.
    func vaultKeys(after keys: VaultKeys) async throws(VaultError) -> VaultKeys {
        if let later = ownKeys.withLock({ $0 }), later !== keys { return later }
        log.info("key set changed", metadata: ["scope": ""])
        // The pin is raised with the later keys only: with those at hand nothing is written.
        let isRead = try readKeyring()
        if isRead { try await checkPin(isRaised: false) }
        let later = try await loadVaultKeys()
        if isRead { try await checkPin() }
        // Neither file has anything newer: then the store names a key that was never there.
        guard later.epoch != keys.epoch || later.generation != keys.generation else {
            throw VaultError(.integrity, subject: "audit head")
        }
        return later
    }

    private func loadVaultKeys() async throws(VaultError) -> VaultKeys {
        guard let set = try await authenticKeySet(of: nil) else {
            throw VaultError(.notInitialized)
        }
        let isKnown = set.keys.allSatisfy { keyring.current().hasBegun($0.key.id) }
        if !isKnown { try await reloadKeyring() }
        try requireKnown(set)
        let keys: VaultKeys
        do throws(VaultError) {
            keys = try VaultKeys(set, keyring: keyring)
        } catch {
            // The keyring may be later than what was read of the store.
            guard error.isOfSealing, try await epoch(of: nil) != set.epoch else { throw error }
            return try await loadVaultKeys()
        }
        report(set)
        ownKeys.withLock { $0 = keys }
        return keys
    }

    /// Puts on record that this process is done with the vault, and forgets every unwrapped key.
    ///
    /// - Throws: ``VaultError``; the keys are forgotten all the same.
    public func stop() async throws(VaultError) {
        try checkProcess()
        defer { forgetKeys() }
        try await record([event(.stop, .done)])
    }

    /// Forgets every unwrapped key; the next call unwraps what it needs again.
    public func forgetKeys() {
        scopes.removeAll()
        sealKeys.withLock { $0 = [:] }
        ownKeys.withLock { $0 = nil }
    }

    private func load(_ id: ScopeID) async throws(VaultError) -> ScopeKeys {
        guard let scope = keyring.current().scope(id) else {
            // Without its name, which is the caller's: it could be a card number.
            throw VaultError(needsUnlock ? .needsUnlock : .unknownScope)
        }
        guard scope.shreddedAt == nil else {
            throw VaultError(.scopeShredded, subject: id.description)
        }
        guard let set = try await authenticKeySet(of: id) else {
            guard store.isEphemeral else {
                throw VaultError(.scopeIncomplete, subject: id.description)
            }
            try await storeKeySet(of: id)
            return try await load(id)
        }
        // The store knows it first, and whoever cannot read the keyring knows it from there alone.
        guard !KeySetDraft(set, of: self.id).isClosing else {
            throw VaultError(.scopeShredded, subject: id.description)
        }
        let isKnown = set.keys.allSatisfy {
            $0.key.purpose.isStoreHeld || keyring.current().hasBegun($0.key.id)
        }
        if !isKnown { try await reloadKeyring() }
        try requireKnown(set)
        let keys = try ScopeKeys(
            set, scope: scope, keyring: keyring, allowsSoftwareAES: allowsSoftwareAES,
            log: log)
        report(set)
        scopes.keep(keys)
        return keys
    }

    /// Asks for a custodian where the store has keys that only a new keyring knows. Who knows no
    /// later hold key goes on with all but holds.
    private func requireKnown(_ set: KeySet) throws(VaultError) {
        guard needsUnlock else { return }
        let keyring = keyring.current()
        let isKnown = set.keys.map(\.key).allSatisfy {
            $0.purpose.isStoreHeld || $0.purpose == .hold || keyring.hasBegun($0.id)
        }
        guard isKnown else { throw VaultError(.needsUnlock) }
    }

    /// A seal key of the keyring that vouches for rows.
    func sealKey(_ id: KeyID) throws(VaultError) -> SealKeyEntry {
        guard let key = keyring.current().key(id), key.state != .preActivation else {
            throw VaultError(needsUnlock ? .needsUnlock : .integrity, subject: id.description)
        }
        guard key.purpose == .seal, key.state.opens, key.state != .compromised else {
            throw VaultError(.integrity, subject: id.description)
        }
        if let entry = sealKeys.withLock({ $0[id] }) { return entry }
        let material = try VaultError.keyring { () throws(KeyringError) in try keyring.unwrap(id) }
        let entry = SealKeyEntry(material)
        sealKeys.withLock { $0[id] = entry }
        return entry
    }

    /// Reads the keyring file again and holds it against the pin, which may have moved where the
    /// file has not: it may be a copy that nobody writes any more.
    func reloadKeyring() async throws(VaultError) {
        if try readKeyring() { try await checkPin() }
    }

    /// Goes on with a keyring that was unlocked again.
    func takeKeyring() async throws(VaultError) {
        isBehindKeyring.withLock { $0 = false }
        forgetKeys()
        try await checkPin()
    }

    /// Reads the keyring file again; false when it has another root key and cannot be read here.
    /// The vault goes on with the keys it holds then, and says so.
    func readKeyring() throws(VaultError) -> Bool {
        do throws(KeyringError) {
            _ = try keyring.reload()
        } catch {
            guard error == .needsUnlock else { throw VaultError(keyring: error) }
            isBehindKeyring.withLock { $0 = true }
            log.warning("the keyring must be unlocked again")
            return false
        }
        isBehindKeyring.withLock { $0 = false }
        return true
    }
}
