// SPDX-License-Identifier: Apache-2.0
package import CardCrypto

/// One change of a keyring, made under its lock: any number of verbs, one new generation, one
/// write.
///
/// A verb that throws leaves the change as it was. What was changed is kept in memory until
/// ``write()``, and forgotten without it.
package struct KeyringEdit {
    /// The keyring as it will be.
    package internal(set) var keyring: Keyring

    let file: KeyringFile
    let lock: KeyringLock
    let moment: Timestamp
    /// The code of the keyring that is to be replaced; nil when what is there does not matter.
    private let replaced: [UInt8]?
    private var isWritten = false

    init(
        of file: KeyringFile, replacing replaced: [UInt8]?, under lock: KeyringLock,
        at moment: Timestamp
    ) {
        precondition(
            lock.isHeld(of: file.source), "the lock is not that of this keyring, or not held")
        self.file = file
        self.lock = lock
        self.moment = moment
        self.replaced = replaced
        keyring = file.current()
        keyring.generation += 1
    }

    /// Makes a scope and its key.
    ///
    /// - Throws: ``KeyringError/scopeExists`` or ``KeyringError/tooManyScopes``.
    package mutating func addScope(
        _ id: ScopeID, tokens: KeyringScope.TokenStyle
    ) throws(KeyringError) {
        guard keyring.scope(id) == nil else { throw .scopeExists }
        guard keyring.scopes.count < ScopeID.limit else { throw .tooManyScopes }
        let entry = try makeEntry(.scope, scope: id, sequence: 1, state: .active)
        keyring.add(KeyringScope(id: id, created: moment, tokens: tokens))
        keyring.add(entry)
    }

    /// Makes the next key of a purpose and scope.
    ///
    /// - Parameters:
    ///   - purpose: one of the keyring's: `scope`, `hold`, `audit` or `seal`.
    ///   - scope: the scope of a key of purpose `scope`; nil for every other.
    ///   - state: `active`, or `preActivation` for a key that servers are to know before it seals.
    /// - Throws: ``KeyringError``: `unknownScope`, `scopeShredded`.
    package mutating func addKey(
        _ purpose: KeyPurpose, scope: ScopeID? = nil, state: KeyState = .active
    ) throws(KeyringError) -> KeyDescriptor {
        precondition([.scope, .hold, .audit, .seal].contains(purpose), "the keyring holds no such")
        precondition((purpose == .scope) == (scope != nil), "a scope key has a scope, and no other")
        precondition(state == .active || state == .preActivation, "a key begins unused or active")
        if let scope {
            guard let scope = keyring.scope(scope) else { throw .unknownScope }
            guard scope.shreddedAt == nil else { throw .scopeShredded }
        }
        let last = keyring.keys(of: purpose, scope: scope).map(\.sequence).max() ?? 0
        let entry = try makeEntry(purpose, scope: scope, sequence: last + 1, state: state)
        keyring.add(entry)
        return entry.key
    }

    /// Takes a key to its next state. A compromised key makes every older keyring refused; a
    /// destroyed one loses its bytes, as ``destroy(_:force:)`` says.
    ///
    /// - Throws: ``KeyringError``: `unknownKey`, `transition`.
    package mutating func enter(_ state: KeyState, _ id: KeyID) throws(KeyringError) {
        let entry = try entry(id)
        do throws(KeyTransitionError) {
            let key = try entry.key.entering(state, at: moment)
            keyring.replace(KeyringEntry(key: key, box: state == .destroyed ? nil : entry.box))
        } catch {
            throw .transition(error)
        }
        if state == .compromised || state == .destroyed { require() }
    }

    /// Destroys a key: its bytes are gone, what is known of it stays, and every older keyring is
    /// refused.
    ///
    /// - Parameters:
    ///   - id: the key.
    ///   - force: whether it may be in any state, not only in one that keys are destroyed from.
    /// - Throws: ``KeyringError``: `unknownKey`, `transition`.
    package mutating func destroy(_ id: KeyID, force: Bool = false) throws(KeyringError) {
        guard force else { return try enter(.destroyed, id) }
        keyring.replace(KeyringEntry(key: try entry(id).key.destroyed(at: moment), box: nil))
        require()
    }

    /// Destroys every key of a scope, from whatever state it is in. The scope lives no more; one
    /// that was shredded before stays as it is.
    ///
    /// - Throws: ``KeyringError/unknownScope``.
    package mutating func shred(_ id: ScopeID) throws(KeyringError) {
        guard var scope = keyring.scope(id) else { throw .unknownScope }
        guard scope.shreddedAt == nil else { return }
        scope.shreddedAt = keyring.generation
        keyring.replace(scope)
        for key in keyring.keys(of: .scope, scope: id) { try destroy(key.id, force: true) }
        require()
    }

    /// Refuses every older keyring from now on.
    package mutating func require() { keyring.required = keyring.generation }

    /// Writes the keyring, once.
    ///
    /// - Throws: ``KeyringError``: `forked` when the file was changed meanwhile by somebody without
    ///   the lock. The file is then as it was; only when the source could not make it durable it
    ///   may be the new one, and a reload tells.
    package mutating func write() throws(KeyringError) {
        try write(keyring, under: file.opened.root)
    }

    /// Writes another form of the keyring: that of a new root key.
    mutating func write(_ keyring: Keyring, under root: SharedRoot) throws(KeyringError) {
        precondition(!isWritten, "one change is written once")
        precondition(lock.isHeld(of: file.source), "the lock was released before the write")
        isWritten = true
        if let replaced {
            let parts = try KeyringText.split(try file.source.text())
            guard parts.code == replaced else {
                throw .forked(generation: file.current().generation)
            }
        }
        try file.write(keyring, under: root)
    }

    private func entry(_ id: KeyID) throws(KeyringError) -> KeyringEntry {
        guard let entry = keyring.entry(id) else { throw .unknownKey(id: id.description) }
        return entry
    }

    private func makeEntry(
        _ purpose: KeyPurpose, scope: ScopeID?, sequence: UInt64, state: KeyState
    ) throws(KeyringError) -> KeyringEntry {
        try KeyringFile.makeEntry(
            purpose, scope: scope, sequence: sequence, state: state, vault: keyring.vault,
            at: moment, root: file.opened.root.key, slab: file.slab)
    }
}

extension KeyringFile {
    /// Begins a change of the keyring as the file says it is now.
    ///
    /// - Throws: ``KeyringError``, as ``reload()``.
    package func edit(
        under lock: KeyringLock, at moment: Timestamp
    ) throws(KeyringError) -> KeyringEdit {
        let keyring = try reload()
        return KeyringEdit(of: self, replacing: keyring.code, under: lock, at: moment)
    }

    /// Makes a scope and its key, and writes the keyring.
    ///
    /// - Throws: ``KeyringError``, as ``KeyringEdit/addScope(_:tokens:)`` and
    ///   ``KeyringEdit/write()``.
    package func addScope(
        _ id: ScopeID, tokens: KeyringScope.TokenStyle, at moment: Timestamp,
        under lock: KeyringLock
    ) throws(KeyringError) {
        var edit = try edit(under: lock, at: moment)
        try edit.addScope(id, tokens: tokens)
        try edit.write()
    }
}
