// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardData
internal import CardKeys

extension Scope {
    /// The stored card with this number; nil when there is none in the scope. Either answer is on
    /// record before it is given.
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
        try await onRecord(.find) { () throws(VaultError) in
            let card = try await search(pan, format: format)
            let answer =
                if let card {
                    event(.find, .found, .token(card.token))
                } else {
                    event(.find, .missing)
                }
            try await vault.record([answer])
            return card
        }
    }

    /// The stored cards of a batch: a result per row in order, nil for a card that is not there.
    ///
    /// On record as one entry with the tokens that were found, or one for each 1,024.
    ///
    /// - Throws: ``VaultError`` where no row could be tried.
    public func find(
        _ batch: borrowing CardBatch, format: TokenFormat = .opaque
    ) async throws(VaultError) -> [Result<Card?, VaultError>] {
        try vault.checkProcess()
        var results: [Result<Card?, VaultError>] = []
        results.reserveCapacity(batch.count)
        var log = BatchLog(askedCount: batch.count)
        for index in 0..<batch.count {
            do throws(VaultError) {
                let pan = try batch.pan(at: index)
                let card = try await search(pan, format: format)
                if let card { log.note(card.token) }
                results.append(.success(card))
            } catch {
                log.note(error)
                results.append(.failure(error))
            }
        }
        try await vault.record(log.events(.find, .done, in: self, evenIfEmpty: true))
        return results
    }

    private func search(
        _ pan: borrowing PAN, format: TokenFormat
    ) async throws(VaultError) -> Card? {
        try await withLatestKeys { keys throws(VaultError) -> Card?? in
            let rows = pan.withPacked { keys.searchRows(of: $0, format: format) }
            // Without a key to look up by, a miss would be no answer.
            guard !rows.isEmpty else {
                throw VaultError(.noSealingKey, subject: id.description)
            }
            let (epoch, hit) = try await lookUp(rows)
            // Under another epoch a miss is no answer, and a hit may be of a key that is not
            // loaded.
            guard epoch == keys.epoch else { return nil }
            guard let hit else { return .some(nil) }
            let card = try pan.withPacked { packed throws(VaultError) in
                try keys.verified(hit.record, of: hit.token, format: format, is: packed)
            }
            let isOver = hit.record?.facts.isExpired(at: vault.now()) == true
            return .some(isOver ? nil : card)
        }
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
