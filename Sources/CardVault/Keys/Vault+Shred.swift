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
    /// One that was cut off is finished.
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
            guard let set = try await authenticKeySet(of: scope) else {
                try editKeyring(under: lock) { edit throws(KeyringError) in try edit.shred(scope) }
                return pendingCopies(of: scope)
            }
            var draft = KeySetDraft(set, of: id)
            for key in set.keys where key.fence != .closed {
                if key.key.purpose.isStoreHeld {
                    draft.forget(key.key.id, at: now())
                } else {
                    draft.setFence(.closing, of: key.key.id)
                }
            }
            let deed = event(
                .shred, .done, scope: scope,
                .keys(set.keys.map(\.key.id).suffix(AuditSubject.idLimit)))
            try await store(draft, deed) { transaction throws(StoreError) in
                for hold in try transaction.holds() where hold.scope == scope {
                    _ = try transaction.delete(hold.id)
                }
                return true
            }
            try await settle([scope], under: lock)
            forgetKeys()
            return pendingCopies(of: scope)
        }
    }

    /// The copies of the keyring that still have the keys of a shredded scope.
    public func pendingCopies(of scope: ScopeID) -> [KeyringCopy] {
        keyring.current().pendingCopies(of: scope)
    }

    private func isShredded(_ scope: ScopeID) -> Bool {
        keyring.current().scope(scope)?.shreddedAt != nil
    }
}
