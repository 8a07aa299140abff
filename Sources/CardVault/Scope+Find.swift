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
    /// - Throws: ``VaultError``: `integrity` naming the token when the hit does not open or is
    ///   another card.
    public func find(
        _ pan: borrowing PAN, format: TokenFormat = .opaque
    ) async throws(VaultError) -> Card? {
        try await withLatestKeys { keys throws(VaultError) -> Card?? in
            let rows = pan.withPacked { keys.searchRows(of: $0, format: format) }
            let (epoch, hit) = try await lookUp(rows)
            // Under another epoch a miss is no answer, and a hit may be of a key that is not
            // loaded.
            guard epoch == keys.epoch else { return nil }
            guard let hit else { return .some(nil) }
            return try pan.withPacked { packed throws(VaultError) in
                try keys.verified(hit.record, of: hit.token, format: format, is: packed)
            }
        }
    }

    /// The stored cards of a batch: a result per row in order, nil for a card that is not there.
    ///
    /// - Throws: ``VaultError`` where no row could be tried.
    public func find(
        _ batch: borrowing CardBatch, format: TokenFormat = .opaque
    ) async throws(VaultError) -> [Result<Card?, VaultError>] {
        try vault.checkProcess()
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

    private struct Hit: Sendable {
        let token: Token
        let record: CardRecord?
    }

    /// The epoch of the scope's key set, and what one of the search rows points at, at one moment.
    private func lookUp(
        _ rows: [FingerprintRecord]
    ) async throws(VaultError) -> (epoch: UInt64?, hit: Hit?) {
        try await VaultError.store { () throws(StoreError) in
            try await vault.store.read { reader throws(StoreError) -> (UInt64?, Hit?) in
                let epoch = try reader.epoch(of: id)
                for row in rows {
                    guard let token = try reader.token(of: row) else { continue }
                    return (epoch, Hit(token: token, record: try reader.card(token)))
                }
                return (epoch, nil)
            }
        }
    }
}
