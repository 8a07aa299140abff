// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys

/// A key that took the place of another.
public struct KeyRotation: Hashable, Sendable {
    /// The key that seals from now on.
    public let new: KeyID
    /// The key that did before; nil when there was none.
    public let old: KeyID?
    /// Whether a rotation that had been cut off goes on, rather than another one being begun.
    public let isResumed: Bool
}

extension Vault {
    /// Makes a new key that seals from now on. Reads and writes go on meanwhile, in this process
    /// and in others.
    ///
    /// - A `scope` key wraps every key of its scope from now on; no card is touched.
    /// - A `data` key seals new cards. Run ``reseal(_:)`` to seal the others under it.
    /// - A `fingerprint` key goes live beside the one before: every card that is stored has search
    ///   rows of both until ``reseal(_:)`` has given all others a row of the new one.
    /// - A `hold` key seals new holds; those of the old one end within days.
    /// - An `audit` key makes the next entry of the log. Under a `seal` key every row of the
    ///   store that has a code gets a new one, in one transaction.
    ///
    /// Called again while the records of an earlier rotation are not all sealed anew, it begins
    /// no second one, unless the period of the key that they await is over.
    ///
    /// - Parameters:
    ///   - purpose: one of those above; any other is a programming error.
    ///   - scope: for `scope`, `data` and `fingerprint`, and only for them.
    /// - Throws: ``VaultError``: `unknownScope`, `scopeIncomplete`, `scopeShredded`, `keyExpired`
    ///   when the scope key must be rotated first, `needsUnlock`, or what keyring or store said.
    public func rotate(
        _ purpose: KeyPurpose, of scope: ScopeID? = nil
    ) async throws(VaultError) -> KeyRotation {
        let isOfScope = purpose == .scope || purpose.isStoreHeld
        precondition(isOfScope == (scope != nil), "a key of a scope needs its name")
        precondition(purpose != .wrap && purpose != .slot && purpose != .token)
        return try await changingKeys(.rotateKey, scope) { lock, finished throws(VaultError) in
            let rotations = try await rotate(purpose, [scope], finished, under: lock)
            guard let rotation = rotations.first else { throw VaultError(.noSealingKey) }
            return rotation
        }
    }

    /// Makes a new key for each of several scopes, as ``rotate(_:of:)`` does for one.
    ///
    /// - Parameters:
    ///   - purpose: `scope`, `data` or `fingerprint`; any other is a programming error.
    ///   - scopes: none of them twice.
    /// - Returns: A rotation for each scope, in order.
    /// - Throws: ``VaultError``. Rotations that were begun are finished by the next call.
    public func rotate(
        _ purpose: KeyPurpose, ofEach scopes: [ScopeID]
    ) async throws(VaultError) -> [KeyRotation] {
        precondition([.scope, .data, .fingerprint].contains(purpose), "scopes have no such key")
        return try await changingKeys(.rotateKey) { lock, finished throws(VaultError) in
            try await rotate(purpose, scopes, finished, under: lock)
        }
    }

    private func rotate(
        _ purpose: KeyPurpose, _ scopes: [ScopeID?], _ finished: [KeyDescriptor],
        under lock: KeyringLock
    ) async throws(VaultError) -> [KeyRotation] {
        for case let scope? in scopes { try requireScope(scope) }
        guard !purpose.isStoreHeld else {
            var rotations: [KeyRotation] = []
            for case let scope? in scopes {
                rotations.append(try await rotateStoreHeld(purpose, of: scope))
            }
            return rotations
        }
        let before = keyring.current()
        let resumed = finished.filter { $0.purpose == purpose }
        let fresh = scopes.filter { scope in !resumed.contains { $0.scope == scope } }
        let new = try await succeed(purpose, of: fresh, under: lock)
        return scopes.compactMap { scope in
            if let key = resumed.last(where: { $0.scope == scope }) {
                return KeyRotation(new: key.id, old: nil, isResumed: true)
            }
            return new[scope].map { key in
                KeyRotation(
                    new: key, old: before.primary(purpose, scope: scope)?.id, isResumed: false)
            }
        }
    }

    /// Makes the successors of keys that the keyring file holds, all of them in one write; the keys
    /// before them end scope by scope.
    func succeed(
        _ purpose: KeyPurpose, of scopes: [ScopeID?], under lock: KeyringLock
    ) async throws(VaultError) -> [ScopeID?: KeyID] {
        guard !scopes.isEmpty else { return [:] }
        var new: [ScopeID?: KeyID] = [:]
        try editKeyring(under: lock) { edit throws(KeyringError) in
            for scope in scopes { new[scope] = try edit.addKey(purpose, scope: scope).id }
        }
        try await settle(scopes, under: lock)
        return new
    }

    private func rotateStoreHeld(
        _ purpose: KeyPurpose, of scope: ScopeID
    ) async throws(VaultError) -> KeyRotation {
        var draft = try await keySetDraft(of: scope)
        let old = draft.primary(purpose)?.key
        // One that may seal no more ends no rotation.
        if let old, !isExpired(old), try await isUnderWay(purpose, in: draft) {
            return KeyRotation(new: old.id, old: nil, isResumed: true)
        }
        let wrapper = try sealingWrapper(of: draft)
        let new = try draft.replace(purpose, under: wrapper, slab: keyring.slab, at: now())
        try await store(draft, event(.rotateKey, .done, scope: scope, .keys([new])))
        return KeyRotation(new: new, old: old?.id, isResumed: false)
    }

    private func isExpired(_ key: KeyDescriptor) -> Bool {
        keyring.current().periods.originatorEnd(of: key).map { now() >= $0 } ?? false
    }

    /// Whether records still lie under another key than the newest of a purpose, but for those that
    /// a walk has met and could not open.
    private func isUnderWay(
        _ purpose: KeyPurpose, in draft: KeySetDraft
    ) async throws(VaultError) -> Bool {
        if purpose == .fingerprint {
            return draft.keys.count { $0.key.purpose == purpose && $0.fence == .sealing } > 1
        }
        let old = draft.keys.filter { $0.key.purpose == purpose && $0.fence == .openOnly }
        let numbers = old.compactMap(\.number)
        var given: [KeyNumber: Int] = [:]
        if let scope = draft.scope {
            given = try await unreadableTally(of: scope)?.counts ?? [:]
        }
        let unreadable = given
        return try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in
                for number in numbers where try reader.hasAny(.card, of: number) {
                    guard let count = unreadable[number],
                        try reader.count(.card, of: number) <= count
                    else { return true }
                }
                return false
            }
        }
    }
}

/// What changes of a scope's keys start from.
extension Vault {
    /// The stored keys of a scope, to be changed.
    func keySetDraft(of scope: ScopeID) async throws(VaultError) -> KeySetDraft {
        try requireScope(scope)
        guard let set = try await authenticKeySet(of: scope) else {
            throw VaultError(.scopeIncomplete, subject: scope.description)
        }
        return KeySetDraft(set, of: id)
    }

    /// Refuses a scope that is not there, or no more.
    func requireScope(_ id: ScopeID) throws(VaultError) {
        guard let scope = keyring.current().scope(id) else {
            throw VaultError(.unknownScope)  // the name is the caller's: it could be a card number
        }
        guard scope.shreddedAt == nil else {
            throw VaultError(.scopeShredded, subject: id.description)
        }
    }

    /// The scope key that wraps new keys, unless its time is over.
    func sealingWrapper(of draft: KeySetDraft) throws(VaultError) -> WrapperEntry {
        guard let key = draft.primary(.scope)?.key else { throw VaultError(.noSealingKey) }
        let snapshot = keyring.current()
        guard let known = snapshot.key(key.id), known.state.seals else {
            throw VaultError(.noSealingKey, subject: key.id.description)
        }
        try snapshot.periods.requireSealing(known, at: now())
        return try WrapperEntry(key.id, keyring)
    }
}

extension Cryptoperiods {
    /// Refuses to seal with a key whose time for that is over.
    ///
    /// - Throws: `keyExpired`, which names the key, its purpose and its scope.
    func requireSealing(_ key: KeyDescriptor, at moment: Timestamp) throws(VaultError) {
        guard let end = originatorEnd(of: key), moment >= end else { return }
        let scope = key.scope.map { " of \($0)" } ?? ""
        throw VaultError(.keyExpired, subject: "\(key.purpose) key \(key.id)\(scope)")
    }
}
