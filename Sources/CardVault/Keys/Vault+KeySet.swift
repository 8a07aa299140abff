// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// Key sets as the store has them now.
extension Vault {
    /// Whether the store has a later key set than `keys`.
    func isStale(_ keys: ScopeKeys) async throws(VaultError) -> Bool {
        try await epoch(of: keys.scope.id) != keys.epoch
    }

    /// The epoch of the key set of a scope or of the vault; nil when the store has none.
    func epoch(of scope: ScopeID?) async throws(VaultError) -> UInt64? {
        try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.epoch(of: scope) }
        }
    }

    /// The key set of a scope or of the vault, once its code is checked; nil when the store has
    /// none.
    func authenticKeySet(of scope: ScopeID?) async throws(VaultError) -> KeySet? {
        guard var set = try await storedKeySet(of: scope) else { return nil }
        if !keyring.current().hasBegun(set.sealKey) { try await reloadKeyring() }
        // The keyring may be later than what was read of the store: then there is a later set too.
        if isOver(set.sealKey), let later = try await storedKeySet(of: scope) { set = later }
        let sealKey = try sealKey(set.sealKey)
        guard set.scope == scope, set.isAuthentic(in: keyring.current().vault, under: sealKey.key)
        else { throw VaultError(.integrity, subject: "key set \(scope?.description ?? "")") }
        return set
    }

    /// The key set of a scope or of the vault, whoever wrote it.
    func storedKeySet(of scope: ScopeID?) async throws(VaultError) -> KeySet? {
        try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.keySet(of: scope) }
        }
    }

    /// Whether a seal key vouches for nothing any more. Every row has a code of another key before
    /// the keyring says so: what has one of this key since was written by somebody else.
    func isOver(_ id: KeyID) -> Bool {
        keyring.current().key(id).map { $0.state == .compromised || $0.state == .destroyed }
            ?? false
    }
}
