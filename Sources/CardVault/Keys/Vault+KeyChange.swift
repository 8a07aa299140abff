// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import Logging

/// Changes of keys: one at a time, each begun on a vault in which the one before is finished.
///
/// New keys are in the keyring file before the store may seal with them; what a key may no longer
/// do, the store forbids first. A crash between the two leaves files of which the stricter one
/// holds, and ``settle(_:under:)`` brings the other into line.
extension Vault {
    /// Runs `body` while nobody else changes keys, on the latest keyring, which the store has
    /// taken note of, and with every earlier change finished. A refusal goes on record.
    ///
    /// - Parameter body: gets the lock, and the keys with which a rotation was finished that had
    ///   been cut off.
    func changingKeys<R: Sendable>(
        _ action: AuditAction, _ scope: ScopeID? = nil, _ subject: AuditSubject = .none,
        _ body: (KeyringLock, [KeyDescriptor]) async throws(VaultError) -> R
    ) async throws(VaultError) -> R {
        try checkProcess()
        do throws(VaultError) {
            let lock = try await Self.lock(keyring, patience: writer.patience)
            defer { lock.release() }
            _ = try VaultError.keyring { () throws(KeyringError) in try keyring.reload() }
            try await checkPin(isToChange: true)
            let finished = try await settleAll(under: lock)
            let result = try await body(lock, finished)
            try await checkPin()
            return result
        } catch {
            if error.isRefusal {
                try await record([event(action, .refused(error.code), scope: scope, subject)])
            }
            throw error
        }
    }

    /// Changes the keyring: one new generation.
    func editKeyring(
        under lock: KeyringLock, _ change: (inout KeyringEdit) throws(KeyringError) -> Void
    ) throws(VaultError) {
        try VaultError.keyring { () throws(KeyringError) in
            var edit = try keyring.edit(under: lock, at: now())
            try change(&edit)
            try edit.write()
        }
    }

    /// Finishes what was cut off, in every set that is as it was written. One that is not, or that
    /// names keys which cannot be used, keeps nobody from changing the keys of the others.
    func settleAll(
        under lock: KeyringLock
    ) async throws(VaultError) -> [KeyDescriptor] {
        let scopes = [nil] + keyring.current().scopes.map { Optional($0.id) }
        return try await settle(scopes, under: lock, passingByDamaged: true)
    }

    /// Brings the key sets of scopes, or of the vault, and the keyring into line. The keyring is
    /// written at most once, however many they are.
    ///
    /// - Returns: The keys that the store did not know before.
    @discardableResult
    func settle(
        _ scopes: [ScopeID?], under lock: KeyringLock, passingByDamaged isLenient: Bool = false
    ) async throws(VaultError) -> [KeyDescriptor] {
        var (sound, added): ([ScopeID?], [KeyDescriptor]) = ([], [])
        for scope in scopes {
            guard let new = try await adopt(scope, isLenient) else { continue }
            sound.append(scope)
            added += new
        }
        for scope in try await tighten(sound, under: lock) { _ = try await adopt(scope, isLenient) }
        return added
    }

    /// As below; nil for a scope that is damaged, where that is no error.
    private func adopt(
        _ scope: ScopeID?, _ isLenient: Bool
    ) async throws(VaultError) -> [KeyDescriptor]? {
        guard isLenient else { return try await adopt(scope) }
        return try await unlessDamaged(scope) { () throws(VaultError) in try await adopt(scope) }
    }

    /// Lets the store follow the keyring: keys that are new there, and keys that are gone. A
    /// shredded scope needs no keys.
    private func adopt(_ scope: ScopeID?) async throws(VaultError) -> [KeyDescriptor] {
        guard let set = try await authenticKeySet(of: scope) else { return [] }
        var draft = KeySetDraft(set, of: id)
        let added = draft.follow(keyring.current())
        if !draft.isClosing && !isShredded(scope) { try renew(&draft, since: added) }
        guard draft.isChanged else { return [] }
        let ids = added.map(\.id)
        let deed = event(
            ids.isEmpty ? .destroyKey : .rotateKey, .done, scope: scope,
            .keys(ids.isEmpty ? draft.closedSince(set) : ids))
        try await store(draft, deed)
        return added
    }

    /// Takes from keys of the keyring what the store takes from them already, in one write.
    ///
    /// - Returns: The scopes of which a key was destroyed.
    private func tighten(
        _ scopes: [ScopeID?], under lock: KeyringLock
    ) async throws(VaultError) -> [ScopeID?] {
        var sets: [(draft: KeySetDraft, changes: [(id: KeyID, state: KeyState)])] = []
        for scope in scopes {
            guard let set = try await authenticKeySet(of: scope) else { continue }
            let draft = KeySetDraft(set, of: id)
            let changes = draft.restrictions(on: keyring.current())
            if !changes.isEmpty { sets.append((draft, changes)) }
        }
        guard !sets.isEmpty else { return [] }
        try editKeyring(under: lock) { edit throws(KeyringError) in
            for (draft, changes) in sets {
                if let scope = draft.scope, draft.isClosing {
                    try edit.shred(scope)
                    continue
                }
                for (key, state) in changes {
                    if state == .destroyed {
                        try edit.destroy(key, force: true)
                    } else {
                        try edit.enter(state, key)
                    }
                }
            }
        }
        return sets.filter { $0.changes.contains { $0.state == .destroyed } }.map(\.draft.scope)
    }

    /// Whether a scope lives no more.
    func isShredded(_ scope: ScopeID?) -> Bool {
        scope.flatMap { keyring.current().scope($0)?.shreddedAt } != nil
    }

    /// Wraps the keys of a scope under its newest key; and makes new ones where that key was made
    /// to replace all, or the key that wraps them is gone.
    private func renew(
        _ draft: inout KeySetDraft, since added: [KeyDescriptor]
    ) throws(VaultError) {
        guard let newest = draft.primary(.scope)?.key.id else { return }
        let wrapper = try WrapperEntry(newest, keyring)
        var others: [KeyID: WrapperEntry] = [:]
        for key in draft.keys {
            guard let by = key.wrapping?.by, by != newest, draft[by]?.fence.opens == true else {
                continue
            }
            if others[by] == nil { others[by] = try WrapperEntry(by, keyring) }
            guard let other = others[by] else { continue }
            try draft.rewrap(key.key.id, from: other, to: wrapper, slab: keyring.slab)
        }
        let isOfAll = added.contains { $0.dates.entered[.preActivation] != nil }
        for purpose in [KeyPurpose.data, .fingerprint] {
            let lost = draft.lostKeys(purpose)
            guard isOfAll || !lost.isEmpty else { continue }
            _ = try draft.replace(purpose, under: wrapper, slab: keyring.slab, at: now())
            for id in lost { try draft.retire(id, at: now()) }
        }
    }

    /// Stores changed keys in the transaction in which `body` finds nothing against it.
    ///
    /// - Returns: Whether `body` agreed.
    /// - Throws: `store`, saying `busy`, when somebody else has changed the keys since.
    @discardableResult
    func store(
        _ draft: KeySetDraft, _ deed: AuditEvent,
        if body: @escaping @Sendable (any StoreTransaction) throws(StoreError) -> Bool = { _ in
            true
        }
    ) async throws(VaultError) -> Bool {
        let change = try KeySetChange(draft, of: keyring)
        return try await write { transaction, pen throws(StoreError) in
            guard try transaction.epoch(of: draft.scope) == draft.epoch else {
                throw StoreError(.busy)
            }
            guard try body(transaction) else { return false }
            try change.store(in: transaction, pen)
            try pen.append([deed])
            return true
        }
    }
}
