// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

extension Vault {
    /// Removes a row that is no scope's, and its search rows: its token is none, or its key is.
    ///
    /// A key is no scope's when the sets of all scopes that are not shredded are there, are as they
    /// were written, and do not have it.
    ///
    /// - Parameter place: what the row has in the place of a token, as
    ///   ``ResealProgress/Unreadable/place`` tells it.
    /// - Throws: ``VaultError``: `notFound` for a card that is a scope's: that deletes it. For a
    ///   row with a token also `integrity`, naming a scope of ``damagedScopes()``, and
    ///   `scopeIncomplete`, naming one without keys: the card may be theirs; and `needsUnlock`.
    public func delete(row place: [UInt8]) async throws(VaultError) {
        try checkProcess()
        let text = AuditText("row \(Hexadecimal.print(place))") ?? AuditText("row")
        do throws(VaultError) {
            guard try await remove(place, event(.delete, .done, purpose: text)) else {
                throw VaultError(.notFound)
            }
        } catch {
            if error.isRefusal {
                try await record([event(.delete, .refused(error.code), purpose: text)])
            }
            throw error
        }
    }

    private func remove(
        _ place: [UInt8], _ deed: AuditEvent
    ) async throws(VaultError) -> Bool {
        let hasToken = Token(stored: place.span) != nil
        for _ in 0..<Self.reloadLimit {
            let found = try await VaultError.store { () throws(StoreError) in
                try await store.read { reader throws(StoreError) in try reader.card(at: place) }
            }
            guard found != nil else { return false }
            // Without a token nothing ever opens the row, whosesoever key it names.
            let living = hasToken ? try await livingSets() : nil
            let isDeleted = try await write { transaction, pen throws(StoreError) -> Bool? in
                if let living {
                    guard try living.areLatest(in: transaction) else { return nil }
                    guard let card = try transaction.card(at: place), !living.have(card.key)
                    else { return false }
                }
                guard try transaction.deleteCard(at: place) else { return false }
                try pen.append([deed])
                return true
            }
            if let isDeleted { return isDeleted }
        }
        throw VaultError(store: StoreError(.busy))
    }

    /// The key sets of all scopes that are not shredded, by the latest keyring.
    private func livingSets() async throws(VaultError) -> LivingSets {
        // Read before the keyring, which has a scope first: what that does not have is none.
        let names = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.keySetScopes() }
        }
        try await reloadKeyring()
        guard !needsUnlock else { throw VaultError(.needsUnlock) }
        var sets: [KeySet] = []
        for scope in scopeList.filter({ $0.shreddedAt == nil }).map(\.id) {
            let known = try await unlessDamaged(scope) { () throws(VaultError) in
                try await authenticKeySet(of: scope)
            }
            guard let known else { throw VaultError(.integrity, subject: "key set \(scope)") }
            if let set = known {
                sets.append(set)
            } else if !store.isEphemeral {
                throw VaultError(.scopeIncomplete, subject: scope.description)
            }
        }
        return LivingSets(names: Set(names), sets: sets)
    }
}

/// The key sets of the scopes whose cards open, each as it was written.
private struct LivingSets: Sendable {
    /// Every scope that the store had a set of.
    let names: Set<ScopeID?>
    let sets: [KeySet]

    func have(_ key: KeyNumber) -> Bool {
        sets.contains { set in set.keys.contains { $0.number == key } }
    }

    /// Whether nobody has made a scope or changed the keys of one since.
    func areLatest(in reader: any StoreReader) throws(StoreError) -> Bool {
        guard try Set(reader.keySetScopes()) == names else { return false }
        for set in sets where try reader.epoch(of: set.scope) != set.epoch { return false }
        return true
    }
}
