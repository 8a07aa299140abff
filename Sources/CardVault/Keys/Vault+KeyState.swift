// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
internal import CardKeys

/// The life of single keys (NIST SP 800-57 Part 1 Rev. 5, section 7).
extension Vault {
    /// Keeps a key from sealing for a time; it opens what it sealed.
    ///
    /// - Throws: ``VaultError``: `unknownKey`, `keyState`; `onlyKey` for audit, seal and
    ///   fingerprint keys, without which nothing could be written.
    public func suspend(_ id: KeyID) async throws(VaultError) {
        try await change(id, to: .suspended) { draft, key throws(VaultError) in
            guard ![.audit, .seal, .fingerprint].contains(key.purpose) else {
                throw VaultError(.onlyKey, subject: key.purpose.description)
            }
            draft.setFence(.openOnly, of: key.id)
        }
    }

    /// Lets a suspended key seal again.
    ///
    /// - Throws: ``VaultError``: `unknownKey`; `keyState` for a key in any other state, or one that
    ///   has a successor.
    public func resume(_ id: KeyID) async throws(VaultError) {
        try await change(id, to: .active) { draft, key throws(VaultError) in
            let newest = draft.primary(key.purpose)?.key.sequence ?? 0
            guard newest < key.sequence, key.state == .suspended else {
                throw VaultError(.keyState, subject: "\(key.id): \(key.state) to active")
            }
            draft.setFence(.sealing, of: key.id)
        }
    }

    /// Ends the sealing of a key for good; it opens what it sealed.
    ///
    /// - Throws: ``VaultError``: `unknownKey`, `keyState`; `onlyKey` when it has no successor, and
    ///   for a fingerprint key, whose rotation ends it.
    public func deactivate(_ id: KeyID) async throws(VaultError) {
        try await change(id, to: .deactivated) { draft, key throws(VaultError) in
            let newest = draft.primary(key.purpose)?.key
            guard let newest, newest.id != key.id, key.purpose != .fingerprint else {
                throw VaultError(.onlyKey, subject: key.purpose.description)
            }
            draft.setFence(.openOnly, of: key.id)
        }
    }

    /// Marks one key as known to somebody else, and replaces it.
    ///
    /// A key that the store holds is wrapped under a new scope key, with those beside it, and gets
    /// a successor; ``reseal(_:)`` takes the cards of such a data key first. A key of the keyring
    /// gets a successor. No keyring from before it is taken any more.
    ///
    /// - Returns: The keys that were made.
    /// - Throws: ``VaultError``: `unknownKey`; `keyState` for a key that is compromised already, or
    ///   destroyed.
    @discardableResult
    public func compromise(_ id: KeyID) async throws(VaultError) -> [KeyID] {
        try await changingKeys(.changeKey, nil, .keys([id])) { lock, _ throws(VaultError) in
            let key = try await descriptor(of: id)
            _ = try VaultError.transition { () throws(KeyTransitionError) in
                try key.entering(.compromised, at: now())
            }
            if let scope = key.scope, key.purpose.isStoreHeld {
                return try await compromise(key, of: scope, under: lock)
            }
            var made: [KeyID] = []
            let primary = keyring.current().primary(key.purpose, scope: key.scope)?.id
            if primary == nil || primary == id {
                made += try await succeed(key.purpose, of: [key.scope], under: lock).values
            }
            try editKeyring(under: lock) { edit throws(KeyringError) in
                try edit.enter(.compromised, id)
            }
            try await settle([key.scope], under: lock)
            try await record([stateEvent(.compromised, of: key)])
            return made
        }
    }

    private func compromise(
        _ key: KeyDescriptor, of scope: ScopeID, under lock: KeyringLock
    ) async throws(VaultError) -> [KeyID] {
        var made = Array(try await succeed(.scope, of: [scope], under: lock).values)
        try editKeyring(under: lock) { edit throws(KeyringError) in edit.require() }
        var draft = try await keySetDraft(of: scope)
        let primary = draft.primary(key.purpose)?.key.id
        if primary == nil || primary == key.id {
            let wrapper = try sealingWrapper(of: draft)
            made.append(
                try draft.replace(key.purpose, under: wrapper, slab: keyring.slab, at: now()))
        }
        try draft.enter(.compromised, key.id, at: now())
        try await store(draft, stateEvent(.compromised, of: key))
        return made
    }

    /// What is known of a key, wherever it is kept.
    ///
    /// - Throws: `unknownKey`; `integrity` naming a key set that was altered, and may have had it.
    func descriptor(of id: KeyID) async throws(VaultError) -> KeyDescriptor {
        if let key = keyring.current().key(id) { return key }
        var damaged: ScopeID?
        for scope in keyring.current().scopes.map(\.id) {
            let set = try await unlessDamaged(scope) { () throws(VaultError) in
                try await authenticKeySet(of: scope)
            }
            if set == nil { damaged = damaged ?? scope }
            if let row = set??.keys.first(where: { $0.key.id == id }) { return row.key }
        }
        guard let damaged else { throw VaultError(.unknownKey) }
        throw VaultError(.integrity, subject: "key set \(damaged)")
    }

    /// Takes from a key in the store first, and gives to it in the keyring first.
    private func change(
        _ id: KeyID, to state: KeyState,
        _ fence: (inout KeySetDraft, KeyDescriptor) throws(VaultError) -> Void
    ) async throws(VaultError) {
        try await changingKeys(.changeKey, nil, .keys([id])) { lock, _ throws(VaultError) in
            let key = try await descriptor(of: id)
            _ = try VaultError.transition { () throws(KeyTransitionError) in
                try key.entering(state, at: now())
            }
            guard let set = try await authenticKeySet(of: key.scope) else {
                throw VaultError(.scopeIncomplete)
            }
            var draft = KeySetDraft(set, of: self.id)
            try fence(&draft, key)
            if key.purpose.isStoreHeld {
                try draft.enter(state, id, at: now())
            } else if state == .active {
                try editKeyring(under: lock) { edit throws(KeyringError) in
                    try edit.enter(state, id)
                }
            }
            try await store(draft, stateEvent(state, of: key))
            guard !key.purpose.isStoreHeld, state != .active else { return }
            try editKeyring(under: lock) { edit throws(KeyringError) in
                try edit.enter(state, id)
            }
        }
    }

    private func stateEvent(_ state: KeyState, of key: KeyDescriptor) -> AuditEvent {
        event(
            .changeKey, .done, purpose: AuditText("now \(state)"), scope: key.scope,
            .keys([key.id]))
    }
}
