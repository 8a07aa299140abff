// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardData
internal import CardKeys

extension Scope {
    /// Keeps a track 1 sealed until authorization.
    ///
    /// PCI DSS 3.3.2 and 3.3.1: it must not outlive authorization. Redeem it to authorize; what is
    /// not redeemed ends by itself.
    ///
    /// - Parameters:
    ///   - track: consumed, and wiped.
    ///   - lifetime: more than zero, at most seven days: as long as an offline terminal may have to
    ///     wait, and no longer than is needed.
    /// - Returns: What opens it, once. It is stored nowhere: who loses it has lost the track.
    /// - Throws: ``VaultError``: `badLifetime`, `noSealingKey`, `memory`, or what the store said.
    public func hold(
        _ track: consuming Track1, for lifetime: Duration
    ) async throws(VaultError) -> HoldHandle {
        try await hold(.track1, for: lifetime) { draft throws(VaultError) in
            try track.withPacked { packed throws(VaultError) in try draft.seal(packed) }
        }
    }

    /// Keeps a track 2 sealed until authorization; as for track 1.
    ///
    /// - Throws: ``VaultError``.
    public func hold(
        _ track: consuming Track2, for lifetime: Duration
    ) async throws(VaultError) -> HoldHandle {
        try await hold(.track2, for: lifetime) { draft throws(VaultError) in
            try track.withPacked { packed throws(VaultError) in try draft.seal(packed) }
        }
    }

    /// Keeps a card verification code sealed until authorization; as for track 1.
    ///
    /// - Throws: ``VaultError``.
    public func hold(
        _ code: consuming CardVerificationCode, for lifetime: Duration
    ) async throws(VaultError) -> HoldHandle {
        try await hold(.verificationCode, for: lifetime) { draft throws(VaultError) in
            try code.withPacked { packed throws(VaultError) in try draft.seal(packed) }
        }
    }

    private func hold(
        _ kind: HoldKind, for lifetime: Duration,
        seal: (borrowing HoldDraft) throws(VaultError) -> HoldRecord
    ) async throws(VaultError) -> HoldHandle {
        try vault.checkProcess()
        return try await onRecord(.hold) { () throws(VaultError) in
            let moment = vault.now()
            guard let end = Lifetime.end(of: lifetime, from: moment, limit: Lifetime.holdLimit)
            else { throw VaultError(.badLifetime) }
            let facts = HoldFacts(kind: kind, created: moment, expires: end)
            var keys = try await vault.vaultKeys()
            for _ in 0..<Vault.reloadLimit {
                guard try await mayHold(keys, at: moment) else {
                    keys = try await vault.vaultKeys(after: keys)
                    continue
                }
                let draft = try HoldDraft(facts, in: self, keys)
                let record = try seal(draft)
                let deed = event(.hold, .done, .hold(record.id))
                let (epoch, scope) = (keys.epoch, try await vault.keys(of: id))
                let isStored = try await vault.write { transaction, pen throws(StoreError) in
                    guard try transaction.epoch(of: nil) == epoch,
                        try transaction.epoch(of: scope.scope.id) == scope.epoch
                    else { return false }
                    try transaction.insert(record)
                    try pen.append([deed])
                    return true
                }
                if isStored { return draft.intoHandle() }
                // A scope that was shredded meanwhile says so here.
                if try await vault.isStale(scope) { _ = try await vault.keys(after: scope) }
                if try await vault.hasLater(of: nil, than: keys.epoch, keys.generation) {
                    keys = try await vault.vaultKeys(after: keys)
                }
            }
            throw VaultError(store: StoreError(.busy))
        }
    }

    /// Whether holds may be made with these keys; false where the store has later ones.
    ///
    /// - Throws: `noSealingKey`, `keyExpired`.
    private func mayHold(_ keys: VaultKeys, at moment: Timestamp) async throws(VaultError) -> Bool {
        do throws(VaultError) {
            guard let key = keys.sealingHold else {
                throw VaultError(vault.needsUnlock ? .needsUnlock : .noSealingKey, subject: "hold")
            }
            try vault.keyring.current().periods.requireSealing(key.described, at: moment)
            return true
        } catch {
            let hasLater = try await vault.hasLater(of: nil, than: keys.epoch, keys.generation)
            guard hasLater else { throw error }
            return false
        }
    }
}

/// A hold that is about to be made.
struct HoldDraft: ~Copyable {
    private let handle: HoldHandle
    private let facts: HoldFacts
    private let scope: Scope
    private let key: HoldKeyEntry

    init(_ facts: HoldFacts, in scope: Scope, _ keys: VaultKeys) throws(VaultError) {
        guard let key = keys.sealingHold else { throw VaultError(.noSealingKey, subject: "hold") }
        handle = HoldHandle.generate()
        self.facts = facts
        self.scope = scope
        self.key = key
    }

    borrowing func seal(_ packed: Span<UInt8>) throws(VaultError) -> HoldRecord {
        precondition(packed.count == facts.kind.plaintextByteCount, "one length for each kind")
        var box = [UInt8](repeating: 0, count: facts.kind.boxByteCount)
        var span = box.mutableSpan
        let id = handle.id
        try key.boxKey(of: handle).seal(
            packed, as: HoldRecord.binding(id, facts, vault: scope.vault.id, scope: scope.id),
            into: &span)
        return HoldRecord(id: id, scope: scope.id, key: key.number, box: box, facts: facts)
    }

    consuming func intoHandle() -> HoldHandle { handle }
}
