// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardKeys

extension Vault {
    /// Destroys the keys of a scope: its cards and search rows are dead in every copy of the
    /// store, whatever its age. Its holds are deleted. There is no way back.
    ///
    /// Copies of the keyring that were made before still have the scope key, each for those who
    /// have its secret: the shredding is pending until they are destroyed.
    ///
    /// One that was cut off is finished. A scope whose key set was altered can be shredded too:
    /// whatever was put into it, no key of another is destroyed.
    ///
    /// - Returns: Those copies, as far as they were registered.
    /// - Throws: ``VaultError``: `unknownScope`; `scopeShredded` when that was done before.
    @discardableResult
    public func shred(_ scope: ScopeID) async throws(VaultError) -> [KeyringCopy] {
        let wasShredded = isShredded(scope)
        return try await changingKeys(.shred, scope) { lock, _ throws(VaultError) in
            // A shredding that a crash cut off is over by now: this call finished it.
            if !wasShredded && isShredded(scope) {
                forgetKeys()
                return pendingCopies(of: scope)
            }
            try requireScope(scope)
            let known = try await unlessDamaged(scope) { () throws(VaultError) in
                try await authenticKeySet(of: scope)
            }
            guard let set = known == nil ? try await storedKeySet(of: scope) : known ?? nil else {
                try editKeyring(under: lock) { edit throws(KeyringError) in try edit.shred(scope) }
                return pendingCopies(of: scope)
            }
            let draft = try closing(set, of: scope)
            let ids = draft.keys.filter { !$0.fence.opens }.map(\.key.id)
            let deed = event(
                .shred, .done, scope: scope, .keys(ids.suffix(AuditSubject.idLimit)))
            try await store(draft, deed) { transaction throws(StoreError) in
                for hold in try transaction.holds() where hold.scope == scope {
                    _ = try transaction.delete(hold.id)
                }
                return true
            }
            // Not left to the set: that of an altered one may say so of no key.
            try editKeyring(under: lock) { edit throws(KeyringError) in try edit.shred(scope) }
            try await settle([scope], under: lock)
            forgetKeys()
            return pendingCopies(of: scope)
        }
    }

    /// The copies of the keyring that still have the keys of a shredded scope.
    public func pendingCopies(of scope: ScopeID) -> [KeyringCopy] {
        keyring.current().pendingCopies(of: scope)
    }

    /// The set with every key of the scope closed: the keys that the keyring has of it, and what
    /// they unwrap.
    ///
    /// The set may have been altered, or have been so before a shredding that was cut off. A key
    /// that the keyring has of another scope or of the vault is left out, as nothing that is said
    /// of it here may be believed; one of the keyring's kind that it does not know is none. Any
    /// other row may be another scope's, and is left as it is.
    private func closing(_ set: KeySet, of scope: ScopeID) throws(VaultError) -> KeySetDraft {
        let (snapshot, moment) = (keyring.current(), now())
        let own = snapshot.keys.filter { $0.scope == scope && $0.state.opens }
        let wrappers = try own.map { key throws(VaultError) in try WrapperEntry(key.id, keyring) }
        var ids: Set<KeyID> = []
        let kept = set.keys.filter { row in
            let known = snapshot.key(row.key.id)
            return (known == nil || known?.scope == scope) && ids.insert(row.key.id).inserted
        }
        var draft = KeySetDraft(
            KeySet(
                scope: scope, epoch: set.epoch, sealKey: set.sealKey, keys: kept, code: set.code),
            of: id)
        draft.leap()
        for row in kept {
            if snapshot.key(row.key.id) != nil {
                draft.setFence(.closing, of: row.key.id)
            } else if !row.key.purpose.isStoreHeld {
                draft.setFence(.closed, of: row.key.id)
            } else if let box = row.wrapping?.box {
                let isOwn = wrappers.contains { wrapper in
                    (try? wrapper.unwrap(row.key, box, in: id, slab: keyring.slab)) != nil
                }
                if isOwn { draft.forget(row.key.id, at: moment) }
            }
        }
        return draft
    }
}
