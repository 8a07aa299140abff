// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import SecretMemory

/// The keys of a set that is about to be stored, before they have numbers.
struct KeySetDraft: Sendable {
    private struct Key {
        let key: KeyDescriptor
        /// The box of a store-held key, wrapped by the first key of the draft.
        let box: [UInt8]?
    }

    private let vault: VaultID
    private let scope: ScopeID?
    private let keys: [Key]

    /// The hold, audit and seal keys of the vault itself, which the keyring file holds.
    init(vaultKeysOf keyring: Keyring) throws(VaultError) {
        vault = keyring.vault
        scope = nil
        keys = keyring.keys.filter { $0.scope == nil }.map { Key(key: $0, box: nil) }
    }

    /// A scope's key from the keyring file, a new data key and a new fingerprint key wrapped by it.
    init(
        scope: ScopeID, of keyring: KeyringFile, at moment: Timestamp, suite: Suite = .preferred
    ) throws(VaultError) {
        let snapshot = keyring.current()
        guard let scopeKey = snapshot.primary(.scope, scope: scope) else {
            throw VaultError(.unknownScope, subject: scope.description)
        }
        let wrapper = try WrapperEntry(scopeKey.id, keyring)
        var keys = [Key(key: scopeKey, box: nil)]
        for (purpose, suite) in [(KeyPurpose.data, suite), (.fingerprint, .hmacSHA256)] {
            keys.append(
                try Self.make(
                    purpose, suite, scope: scope, vault: snapshot.vault, wrapper: wrapper,
                    slab: keyring.slab, at: moment))
        }
        vault = snapshot.vault
        self.scope = scope
        self.keys = keys
    }

    private static func make(
        _ purpose: KeyPurpose, _ suite: Suite, scope: ScopeID, vault: VaultID,
        wrapper: WrapperEntry, slab: KeySlab, at moment: Timestamp
    ) throws(VaultError) -> Key {
        do throws(SecretMemoryError) {
            let material = try KeyMaterial.generate(purpose: purpose, suite: suite, in: slab)
            let key = KeyDescriptor(material, scope: scope, sequence: 1, activeFrom: moment)
            let box = wrapper.key.wrap(material, as: key.binding(in: vault))
            return Key(key: key, box: box.stored)
        } catch {
            throw VaultError(.memory)
        }
    }

    /// Numbers the keys and stores them as the first epoch of their set, which it returns.
    func store(
        in transaction: any StoreTransaction, sealedBy sealKey: SealKeyEntry
    ) throws(StoreError) -> KeySet {
        var rows: [StoredKey] = []
        for draft in keys {
            let number = try transaction.nextKeyNumber()
            let wrapper = rows.first?.number
            let wrapping = draft.box.flatMap { box in
                wrapper.map { StoredKey.Wrapping(by: $0, box: box) }
            }
            rows.append(
                StoredKey(number: number, key: draft.key, fence: .sealing, wrapping: wrapping))
        }
        let set = KeySet(scope: scope, epoch: 1, keys: rows, vault: vault, sealedBy: sealKey.key)
        try transaction.put(set)
        return set
    }
}
