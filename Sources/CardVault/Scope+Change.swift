// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardKeys

extension Scope {
    /// Makes the life of a token longer. The record is sealed anew, as its end is one of the facts
    /// that its box is bound to.
    ///
    /// - Parameters:
    ///   - token: of this scope, with an end that is not over.
    ///   - end: later than now, and than its end so far.
    /// - Throws: ``VaultError``: `badLifetime`, also for a token that has no end; `notFound`; or
    ///   `integrity` naming the token.
    public func extend(_ token: Token, until end: Timestamp) async throws(VaultError) -> Card {
        try await onRecord(.extend, .token(token)) { () throws(VaultError) -> Card in
            try await withLatestKeys { keys throws(VaultError) -> Card? in
                let known = try await withKeys { keys throws(VaultError) in
                    try await record(token, keys)
                }
                guard let record = known else { throw VaultError(.notFound) }
                // The record may be of a key that is newer than those at hand.
                guard keys.owns(record.key) else { return nil }
                let new = try keys.reseal(record, until: end, at: vault.now())
                guard !record.facts.isExpired(at: vault.now()) else { throw VaultError(.notFound) }
                guard let before = record.facts.expires, before < end, vault.now() < end else {
                    throw VaultError(.badLifetime)
                }
                guard try await replace(record, with: new, under: keys) else { return nil }
                return try keys.card(new, isNew: false)
            }
        }
    }

    /// Writes a card over what it was, if it still is that and `keys` are the latest.
    private func replace(
        _ old: CardRecord, with new: CardRecord, under keys: ScopeKeys
    ) async throws(VaultError) -> Bool {
        let (scope, deed) = (id, event(.extend, .done, .token(new.token)))
        return try await vault.write { transaction, pen throws(StoreError) in
            guard try transaction.epoch(of: scope) == keys.epoch else { return false }
            guard try transaction.replace(old, with: new) else { return false }
            try pen.append([deed])
            return true
        }
    }

    /// Removes a card and its search rows.
    ///
    /// A record that was altered is removed too, even one that does not decode: whoever may delete
    /// a card need not be able to open it. It is the scope's by its key; or by its search rows,
    /// where its key is no other scope's.
    ///
    /// - Throws: ``VaultError/Code/notFound``.
    public func delete(_ token: Token) async throws(VaultError) {
        try await onRecord(.delete, .token(token)) { () throws(VaultError) in
            let deed = event(.delete, .done, .token(token))
            let dead = Set(vault.scopeList.filter { $0.shreddedAt != nil }.map(\.id))
            let isDeleted = try await withKeys { keys throws(VaultError) -> Bool? in
                let found = try await VaultError.store { () throws(StoreError) in
                    try await vault.store.read { reader throws(StoreError) in
                        try reader.card(token, claimedBy: keys, besides: dead)
                    }
                }
                guard let card = found, card.record?.facts.isExpired(at: vault.now()) != true
                else { return nil }
                let isThere = try await vault.write { transaction, pen throws(StoreError) in
                    // It may have been sealed anew since, under another key of the scope.
                    guard try transaction.card(token, claimedBy: keys, besides: dead) != nil,
                        try transaction.delete(token)
                    else { return false }
                    try pen.append([deed])
                    return true
                }
                return isThere ? true : nil
            }
            guard isDeleted == true else { throw VaultError(.notFound) }
        }
    }
}

extension StoreReader {
    /// The card of a token, whatever its state, if it is a scope's: its key says so, or, where that
    /// may have been altered, one of its search rows. These may have been altered as well: they
    /// claim no card whose key is another scope's.
    ///
    /// - Parameter dead: the scopes that were shredded, whose cards need nobody to delete them.
    fileprivate func card(
        _ token: Token, claimedBy keys: ScopeKeys, besides dead: Set<ScopeID>
    ) throws(StoreError) -> WalkedCard? {
        guard let card = try card(at: token.stored) else { return nil }
        if keys.owns(card.key) { return card }
        guard card.fingerprints.contains(where: { keys.isLive($0.key) }) else { return nil }
        for case let other? in try keySetScopes() where other != keys.scope.id {
            guard !dead.contains(other) else { continue }
            let set = try keySet(of: other)
            if set?.keys.contains(where: { $0.number == card.key }) == true { return nil }
        }
        return card
    }
}
