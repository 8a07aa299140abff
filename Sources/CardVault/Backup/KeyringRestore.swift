// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys
public import Logging

/// What a keyring that is put back from an export lacks, or must not bring back.
public struct KeyringLoss: Hashable, Sendable {
    /// Keys that the store needs and the export has not: what they made can be read no more.
    public let lost: [KeyDescriptor]
    /// Keys of the export whose destruction has begun. They are not brought back.
    public let closed: [KeyID]
    /// Scopes of the export that the store has no keys of: they were never finished, and hold
    /// nothing; or somebody has removed their keys. They are shredded.
    public let unknownScopes: [ScopeID]
    /// Keys that waited when the export was made, and that the store knows by now.
    let waiting: [KeyID]
}

extension Vault {
    /// Says what an export of the keyring would lose in the place of the keyring. Nothing is
    /// changed.
    ///
    /// - Parameters:
    ///   - export: what ``exportKeyring(to:)`` made, unlocked where it is.
    ///   - store: the vault's store.
    /// - Throws: ``VaultError``: `otherVault`; `unknownKey` when the export is older than the seal
    ///   key of the store, of which nothing can be checked then.
    public static func loss(
        restoring export: KeyringFile, with store: any VaultStore
    ) async throws(VaultError) -> KeyringLoss {
        let snapshot = export.current()
        let reader = VaultReader(export, store, ofPresent: true)
        guard try await reader.isOfVault else { throw VaultError(.otherVault) }
        let sealKeys = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.sealKeysInUse() }
        }
        for id in sealKeys where !snapshot.hasBytes(of: id) {
            throw VaultError(.unknownKey, subject: "seal key \(id)")
        }
        let scopes = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.keySetScopes() }
        }
        var (lost, closed, waiting): ([KeyDescriptor], [KeyID], [KeyID]) = ([], [], [])
        for scope in scopes {
            guard let set = try await reader.keySet(of: scope) else { continue }
            for row in set.keys where !row.key.purpose.isStoreHeld {
                if let known = snapshot.key(row.key.id),
                    known.scope != scope || known.purpose != row.key.purpose
                {
                    continue
                }
                let isThere = snapshot.hasBytes(of: row.key.id)
                if row.fence.opens && !isThere { lost.append(row.key) }
                if !row.fence.opens && isThere { closed.append(row.key.id) }
                let isWaiting = snapshot.key(row.key.id)?.state == .preActivation
                if row.fence.opens && isWaiting { waiting.append(row.key.id) }
            }
        }
        let unknown = snapshot.scopes.filter { $0.shreddedAt == nil && !scopes.contains($0.id) }
        return KeyringLoss(
            lost: lost.sorted { $0.id.description < $1.id.description },
            closed: closed.sorted { $0.description < $1.description },
            unknownScopes: unknown.map(\.id), waiting: waiting)
    }

    /// Puts an export in the place of the keyring, under a new root key.
    ///
    /// Keys whose destruction has begun are not brought back, keys that the export lacks are
    /// destroyed for good, and their purposes get new ones. The new keyring is later than every
    /// one that was seen; every older one is refused from then on.
    ///
    /// - Parameters:
    ///   - export: unlocked where it is.
    ///   - source: where the keyring is to be.
    ///   - store: the vault's store.
    ///   - lost: the keys of which somebody has confirmed that they are lost.
    ///   - scopes: those that the store does not know, and of which somebody has confirmed that
    ///     they are shredded.
    ///   - actor: who does it, for the record.
    ///   - origin: from where.
    ///   - logger: as for a vault.
    ///   - moment: now.
    ///   - present: keeps the slots of the custodians who stay.
    /// - Returns: The vault with the new keyring.
    /// - Throws: ``VaultError``: `keyNeeded` naming a key that is lost, or a scope that is
    ///   shredded, and that was not confirmed.
    public static func restoreKeyring(
        _ export: KeyringFile, to source: any KeyringSource, with store: any VaultStore,
        confirming lost: Set<KeyID> = [], shredding scopes: Set<ScopeID> = [],
        as actor: String = "unnamed", from origin: String? = nil,
        logger: Logger = Logger(label: "card-vault"), at moment: Timestamp = .now(),
        _ present: (inout RootRotation) throws(KeyringError) -> Void
    ) async throws(VaultError) -> Vault {
        let lock = try await lock(source)
        defer { lock.release() }
        let loss = try await loss(restoring: export, with: store)
        try loss.requireConfirmed(lost, scopes)
        let reader = VaultReader(export, store, ofPresent: true)
        let pin = try await reader.pin()
        let file = try VaultError.keyring { () throws(KeyringError) in
            var rotation = try RootRotation(
                on: export, writingTo: source, under: lock, at: moment)
            try present(&rotation)
            // What nobody has checked counts only where it could have come to be.
            let unverified = source.unverifiedGeneration ?? 0
            let seen = max(pin?.generation ?? 0, unverified < 1 << 40 ? unverified : 0)
            try rotation.edit.settle(loss, after: seen)
            try rotation.write()
            return rotation.file
        }
        try await reader.adopt(file, by: Caller(actor, from: origin), at: moment)
        let vault = try await Vault(
            keyring: file, store: store, as: actor, from: origin, logger: logger)
        _ = try await vault.settleAll(under: lock)
        try await vault.record([vault.event(.copyKeyring, .done, purpose: AuditText("restore"))])
        return vault
    }
}

extension KeyringLoss {
    fileprivate func requireConfirmed(
        _ keys: Set<KeyID>, _ scopes: Set<ScopeID>
    ) throws(VaultError) {
        if let key = lost.first(where: { !keys.contains($0.id) }) {
            throw VaultError(.keyNeeded, subject: "\(key.purpose) key \(key.id)")
        }
        if let scope = unknownScopes.first(where: { !scopes.contains($0) }) {
            throw VaultError(.keyNeeded, subject: "scope \(scope)")
        }
    }
}

extension Keyring {
    /// Whether the bytes of a key are there, in use or waiting.
    fileprivate func hasBytes(of id: KeyID) -> Bool {
        key(id).map { $0.state != .destroyed } ?? false
    }
}

extension VaultReader {
    /// Lets the vault's own key set follow a keyring that is new: without a key for the log that
    /// may seal, the vault could not be opened to do it.
    fileprivate func adopt(
        _ keyring: KeyringFile, by caller: Caller, at moment: Timestamp
    ) async throws(VaultError) {
        guard let set = try await keySet(of: nil) else { throw VaultError(.notInitialized) }
        var draft = KeySetDraft(set, of: keyring.current().vault)
        let added = draft.follow(keyring.current())
        guard draft.isChanged else { return }
        let change = try OwnKeyChange(draft, of: keyring)
        let deed = AuditEvent(
            time: moment, caller: caller, action: .rotateKey, outcome: .done,
            subject: .keys(added.map(\.id)))
        try await write { transaction throws(StoreError) in
            guard try transaction.epoch(of: nil) == set.epoch else { throw StoreError(.busy) }
            try change.store(in: transaction, deed)
        }
    }
}

extension KeyringEdit {
    /// Drops what must not come back, notes what is lost, and makes new keys where none is left.
    ///
    /// - Parameters:
    ///   - loss: what is not to come back, and what is gone.
    ///   - generation: the latest that was seen.
    fileprivate mutating func settle(
        _ loss: KeyringLoss, after generation: UInt64
    ) throws(KeyringError) {
        for id in loss.closed { try destroy(id, force: true) }
        for scope in loss.unknownScopes { try shred(scope) }
        for id in loss.waiting { try enter(.active, id) }
        for key in loss.lost where keyring.key(key.id) == nil { addDestroyed(key) }
        for purpose in [KeyPurpose.hold, .audit, .seal]
        where keyring.primary(purpose) == nil
            || loss.lost.contains(where: { $0.purpose == purpose })
        {
            _ = try addKey(purpose)
        }
        for scope in keyring.scopes where scope.shreddedAt == nil {
            let isLost = loss.lost.contains { $0.scope == scope.id }
            let isOpen = keyring.keys.contains { $0.scope == scope.id && $0.state.opens }
            if isLost {
                _ = try addKey(.scope, scope: scope.id)
            } else if !isOpen {
                try shred(scope.id)
            }
        }
        setGeneration(atLeast: generation + 1)
    }
}
