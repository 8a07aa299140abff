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

extension Vault {
    /// Every key of the vault: those of the keyring file, then those that the store holds, scope by
    /// scope.
    ///
    /// - Throws: ``VaultError``: `integrity` when a key set is not as it was written.
    public func keyList() async throws(VaultError) -> [ListedKey] {
        try checkProcess()
        let snapshot = keyring.current()
        var fences: [KeyID: Fence] = [:]
        var held: [ListedKey] = []
        for scope in [nil] + snapshot.scopes.map({ Optional($0.id) }) {
            guard let set = try await authenticKeySet(of: scope) else { continue }
            for row in set.keys where !row.key.purpose.isStoreHeld {
                fences[row.key.id] = row.fence
            }
            held += try heldKeys(in: set)
        }
        return try snapshot.keys.map { key throws(VaultError) in
            let code = try key.state.opens ? checkValue(key.id) : nil
            return ListedKey(key: key, fence: fences[key.id], checkValue: code)
        } + held
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
                row, wrapping, in: keyring.current().vault, slab: keyring.slab)
            return ListedKey(key: row.key, fence: row.fence, checkValue: material.checkValue)
        }
    }
}
