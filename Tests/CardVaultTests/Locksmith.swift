// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Foundation
internal import SecretMemory
internal import Testing

/// Changes of keys that no command makes yet, made as the design has them.
extension Vault {
    /// The key set of a scope as it is stored now.
    func stored(_ scope: ScopeID?) async throws -> KeySet {
        try #require(try await authenticKeySet(of: scope))
    }

    /// Writes the key set of a scope with other keys, one epoch later, and its right code.
    func put(_ keys: [StoredKey], of scope: ScopeID?) async throws {
        let epoch = try await stored(scope).epoch + 1
        let set = KeySet(
            scope: scope, epoch: epoch, keys: keys, vault: id,
            sealedBy: try primarySealKey().key)
        try await store.write { transaction throws(StoreError) in try transaction.put(set) }
    }

    /// Gives the sealing data key of a scope another fence.
    func fenceDataKey(of scope: ScopeID, _ fence: Fence) async throws {
        let keys = try await stored(scope).keys.map { row in
            let isSealing = row.key.purpose == .data && row.fence == .sealing
            return isSealing ? row.with(fence) : row
        }
        try await put(keys, of: scope)
    }

    /// Makes the data key of a scope open only, and adds a new one that seals.
    func rotateDataKey(of scope: ScopeID) async throws {
        let set = try await stored(scope)
        let old = try #require(set.keys.last { $0.key.purpose == .data })
        let new = try await newDataKey(of: scope, after: old)
        let keys = set.keys.map { $0 == old ? $0.with(.openOnly) : $0 }
        try await put(keys + [new], of: scope)
    }

    /// A new data key, wrapped by the key that wraps `old`.
    func newDataKey(of scope: ScopeID, after old: StoredKey) async throws -> StoredKey {
        let material = try KeyMaterial.generate(
            purpose: .data, suite: .xchacha20Poly1305, in: keyring.slab)
        let key = KeyDescriptor(
            material, scope: scope, sequence: old.key.sequence + 1, activeFrom: .now())
        let scopeKey = try #require(keyring.current().primary(.scope, scope: scope))
        let box = try WrapperEntry(scopeKey.id, keyring).key
            .wrap(material, as: key.binding(in: id)).stored
        let number = try await store.write { transaction throws(StoreError) in
            try transaction.nextKeyNumber()
        }
        return StoredKey(
            number: number, key: key, fence: .sealing,
            wrapping: StoredKey.Wrapping(by: try #require(old.wrapping).by, box: box))
    }

    /// The seal key that makes new codes.
    func primarySealKey() throws -> SealKeyEntry {
        try sealKey(#require(keyring.current().primary(.seal)).id)
    }

    /// Writes a pin with the right code.
    func pin(_ keyring: Keyring, required: UInt64) async throws {
        let pin = Pin(on: keyring, required: required, sealedBy: try primarySealKey().key)
        try await store.write { transaction throws(StoreError) in try transaction.put(pin) }
    }
}

extension Bench {
    /// Destroys the hold keys of the keyring, whatever needs them.
    func destroyHoldKeys() throws {
        var edit = try keyring.edit(under: keyring.lock(), at: .now())
        for key in keyring.current().keys where key.purpose == .hold {
            try edit.destroy(key.id, force: true)
        }
        try edit.write()
    }
}

extension AuditKeys {
    /// Keys of no vault, for a log that nobody reads.
    static func generate() throws -> AuditKeys {
        let slab = try KeySlab()
        func material(_ purpose: KeyPurpose) throws -> KeyMaterial {
            try KeyMaterial.generate(purpose: purpose, suite: .hmacSHA256, in: slab)
        }
        return AuditKeys(
            vault: .random(), epoch: 1, number: KeyNumber(rawValue: 1),
            auditKey: AuditKeyEntry(try material(.audit)),
            sealKey: SealKeyEntry(try material(.seal)), sealKeys: [:])
    }
}

extension StoredKey {
    func with(_ fence: Fence) -> StoredKey {
        StoredKey(number: number, key: key, fence: fence, wrapping: wrapping)
    }
}
