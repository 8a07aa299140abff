// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys

/// A key of the vault as a listing shows it.
public struct ListedKey: Sendable {
    /// What is known of the key.
    public let key: KeyDescriptor
    /// What the store allows it to do; nil for a key that the store does not know.
    public let fence: Fence?
    /// The check value (KCV), for display only; nil for a key whose bytes are gone.
    public let checkValue: KeyCheckValue?
}

/// A key of the vault with what needs it, and how long it may still be used.
public struct KeyInventory: Sendable {
    /// The key.
    public let listed: ListedKey
    /// What needs it, counted.
    public let needs: KeyNeeds
    /// When it seals no more; nil for a key that was never active.
    public let originatorEnd: Timestamp?
    /// When it should open no more; nil for a key that was never active.
    public let recipientEnd: Timestamp?
}

extension Vault {
    /// Every key of the vault: those of the keyring file, then those that the store holds, scope by
    /// scope; but for those of ``damagedScopes()``.
    ///
    /// - Throws: ``VaultError``: `integrity` when the vault's own key set is not as it was written.
    public func keyList() async throws(VaultError) -> [ListedKey] {
        try await forEachKeySet { listed, _ throws(VaultError) in listed }
    }

    /// Every key of the vault, in the order of ``keyList()``, with how many records need it.
    ///
    /// Counted through the store's index of keys, as no counter is kept: an answer for an assessor,
    /// and before a destruction. Of ``damagedScopes()`` nobody can say what needs which key.
    ///
    /// - Throws: ``VaultError``: `integrity` when the vault's own key set is not as it was written.
    public func inventory() async throws(VaultError) -> [KeyInventory] {
        let periods = keyring.current().periods
        return try await forEachKeySet { listed, set throws(VaultError) in
            var needs = KeyNeeds()
            if let set, let row = set.keys.first(where: { $0.key.id == listed.key.id }) {
                needs = try await VaultError.store { () throws(StoreError) in
                    try await store.read { reader throws(StoreError) in
                        try reader.needs(of: row, in: set)
                    }
                }
            }
            return KeyInventory(
                listed: listed, needs: needs, originatorEnd: periods.originatorEnd(of: listed.key),
                recipientEnd: periods.recipientEnd(of: listed.key))
        }
    }

    /// Runs `body` for each key, with the set that it is in; nil for a key that the store does not
    /// know.
    private func forEachKeySet<R>(
        _ body: (ListedKey, KeySet?) async throws(VaultError) -> R
    ) async throws(VaultError) -> [R] {
        try checkProcess()
        var (fromKeyring, fromStore): ([R], [R]) = ([], [])
        for scope in [nil] + keyring.current().scopes.map({ Optional($0.id) }) {
            let keys = try await unlessDamaged(scope) { () throws(VaultError) in
                try await listedKeys(of: scope)
            }
            guard let keys else { continue }
            for listed in keys.listed {
                let isKnown = keys.set?.keys.contains { $0.key.id == listed.key.id } ?? false
                let result = try await body(listed, isKnown ? keys.set : nil)
                if listed.key.purpose.isStoreHeld {
                    fromStore.append(result)
                } else {
                    fromKeyring.append(result)
                }
            }
        }
        return fromKeyring + fromStore
    }

    /// The keys of a scope, or of the vault itself, those of the keyring file first, and its set.
    func listedKeys(
        of scope: ScopeID?
    ) async throws(VaultError) -> (listed: [ListedKey], set: KeySet?) {
        let set = try await authenticKeySet(of: scope)
        let known = keyring.current().keys.filter { $0.scope == scope }
        var listed = try known.map { key throws(VaultError) in
            let row = set?.keys.first { $0.key.id == key.id }
            let code = try key.state.opens ? checkValue(key.id) : nil
            return ListedKey(key: key, fence: row?.fence, checkValue: code)
        }
        if let set { listed += try heldKeys(in: set) }
        return (listed, set)
    }

    private func checkValue(_ id: KeyID) throws(VaultError) -> KeyCheckValue {
        let material = try VaultError.keyring { () throws(KeyringError) in try keyring.unwrap(id) }
        return material.checkValue
    }

    /// The keys that the store holds for the set's scope.
    private func heldKeys(in set: KeySet) throws(VaultError) -> [ListedKey] {
        let wrappers = try ScopeKeys.wrappers(in: set, keyring: keyring)
        return try set.keys.filter(\.key.purpose.isStoreHeld).map { row throws(VaultError) in
            guard row.key.state != .destroyed, let wrapping = row.wrapping,
                let wrapper = wrappers[wrapping.by]
            else { return ListedKey(key: row.key, fence: row.fence, checkValue: nil) }
            let material = try wrapper.unwrap(
                row.key, wrapping.box, in: keyring.current().vault, slab: keyring.slab)
            return ListedKey(key: row.key, fence: row.fence, checkValue: material.checkValue)
        }
    }
}
