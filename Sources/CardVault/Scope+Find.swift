// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardData
internal import CardKeys

extension Scope {
    /// The stored card with this number; nil when there is none in the scope.
    ///
    /// Looked up by its fingerprint, then opened and compared: an altered row is never an answer.
    ///
    /// - Parameters:
    ///   - pan: the card number; only borrowed.
    ///   - format: of the token asked for.
    /// - Throws: ``VaultError``: `integrity` naming the token when the hit does not open or is another
    ///   card.
    public func find(
        _ pan: borrowing PAN, format: TokenFormat = .opaque
    ) async throws(VaultError) -> Card? {
        try vault.checkProcess()
        let keys = try await vault.keys(of: id)
        if let card = try await find(pan, format: format, keys) { return card }
        guard try await vault.isStale(keys) else { return nil }
        return try await find(pan, format: format, try await vault.keys(after: keys))
    }

    /// The stored cards of a batch: a result per row in order, nil for a card that is not there.
    ///
    /// - Throws: ``VaultError`` where no row could be tried.
    public func find(
        _ batch: borrowing CardBatch, format: TokenFormat = .opaque
    ) async throws(VaultError) -> [Result<Card?, VaultError>] {
        var results: [Result<Card?, VaultError>] = []
        results.reserveCapacity(batch.count)
        for index in 0..<batch.count {
            do throws(VaultError) {
                let pan = try batch.pan(at: index)
                results.append(.success(try await find(pan, format: format)))
            } catch {
                results.append(.failure(error))
            }
        }
        return results
    }

    private func find(
        _ pan: borrowing PAN, format: TokenFormat, _ keys: ScopeKeys
    ) async throws(VaultError) -> Card? {
        let rows = pan.withPacked { keys.searchRows(of: $0, format: format) }
        let hit = try await VaultError.store { () throws(StoreError) in
            try await vault.store.read { reader throws(StoreError) -> (Token, CardRecord?)? in
                for row in rows {
                    if let token = try reader.token(of: row) {
                        return (token, try reader.card(token))
                    }
                }
                return nil
            }
        }
        guard let (token, record) = hit else { return nil }
        return try pan.withPacked { packed throws(VaultError) in
            try keys.verified(record, of: token, format: format, is: packed)
        }
    }
}
