// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys

/// What the destruction of a key would mean.
public struct KeyDestruction: Hashable, Sendable {
    /// The key.
    public let key: KeyDescriptor
    /// What needs it. It cannot be destroyed before this is empty.
    public let needs: KeyNeeds
    /// The scope key that wrapped it, for a key that the store holds: older copies of the store
    /// keep the key until that one is destroyed.
    public let wrapper: KeyID?
    /// The registered copies of the store that cannot be read in whole without it.
    public let backups: [BackupRecord]
    /// Rows of the register of those copies that are not as they were written: each may be one that
    /// cannot be read without the key.
    public let unreadableBackupCount: Int
}

extension Vault {
    /// What the destruction of a key would mean. Nothing is changed.
    ///
    /// - Throws: ``VaultError``: `unknownKey`.
    public func destruction(of id: KeyID) async throws(VaultError) -> KeyDestruction {
        try checkProcess()
        let key = try await descriptor(of: id)
        let found = try await storedKey(id, key.scope)
        let (backups, unreadable) = try await backups(needing: id)
        guard let (set, row) = found else {
            return KeyDestruction(
                key: key, needs: KeyNeeds(), wrapper: nil, backups: backups,
                unreadableBackupCount: unreadable)
        }
        let needs = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in
                try reader.needs(of: row, in: set)
            }
        }
        let wrapper = row.wrapping.flatMap { wrapping in
            set.keys.first { $0.number == wrapping.by }?.key.id
        }
        return KeyDestruction(
            key: key, needs: needs, wrapper: wrapper, backups: backups,
            unreadableBackupCount: unreadable)
    }

    /// The registered copies that need a key, and how many rows of their register say nothing.
    private func backups(
        needing id: KeyID
    ) async throws(VaultError) -> ([BackupRecord], Int) {
        let rows = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.rows(of: .backups) }
        }
        let records = rows.compactMap { row in
            isAuthentic(row) ? BackupRecord(row) : nil
        }
        return (records.filter { $0.keys.contains(id) }, rows.count - records.count)
    }

    /// Destroys the bytes of a key that nothing needs. What is known of it stays.
    ///
    /// In one transaction it is seen that nothing needs the key, and forbidden that anything will;
    /// only then the bytes go, and what another process seals meanwhile it seals under the key's
    /// successor. A destruction that was cut off is finished by the next change of keys.
    ///
    /// - Throws: ``VaultError``: `unknownKey`; `keyState` for a key that is active or destroyed;
    ///   `keyNeeded`, saying by what.
    public func destroy(_ id: KeyID) async throws(VaultError) {
        try await changingKeys(.destroyKey, nil, .keys([id])) { lock, _ throws(VaultError) in
            let key = try await descriptor(of: id)
            _ = try VaultError.transition { () throws(KeyTransitionError) in
                try key.entering(.destroyed, at: now())
            }
            guard let (set, row) = try await storedKey(id, key.scope) else {
                // Made, and never given to the store.
                return try editKeyring(under: lock) { edit throws(KeyringError) in
                    try edit.destroy(id)
                }
            }
            if key.purpose == .audit { try await requireUnneeded(key) }
            var draft = KeySetDraft(set, of: self.id)
            if key.purpose.isStoreHeld {
                try draft.enter(.destroyed, id, at: now())
            } else {
                draft.setFence(.closing, of: id)
            }
            let deed = event(.destroyKey, .done, scope: key.scope, .keys([id]))
            let isDone = try await store(draft, deed) { transaction throws(StoreError) in
                try !transaction.isNeeded(row, in: set)
            }
            guard isDone else { throw try await neededError(key) }
            if !key.purpose.isStoreHeld { try await settle([key.scope], under: lock) }
            forgetKeys()
        }
    }

    private func requireUnneeded(_ key: KeyDescriptor) async throws(VaultError) {
        let isNeeded = try await !destruction(of: key.id).needs.isEmpty
        if isNeeded { throw try await neededError(key) }
    }

    private func neededError(_ key: KeyDescriptor) async throws(VaultError) -> VaultError {
        let needs = try await destruction(of: key.id).needs
        return VaultError(.keyNeeded, subject: "\(key.purpose) key \(key.id): \(needs)")
    }

    /// A key as the store knows it, and its set; nil when the store does not know it.
    private func storedKey(
        _ id: KeyID, _ scope: ScopeID?
    ) async throws(VaultError) -> (KeySet, StoredKey)? {
        guard let set = try await authenticKeySet(of: scope),
            let row = set.keys.first(where: { $0.key.id == id })
        else { return nil }
        return (set, row)
    }
}
