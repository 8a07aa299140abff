// SPDX-License-Identifier: Apache-2.0
public import CardData
internal import CardKeys

extension Scope {
    /// Stores the cards of a batch and returns a result per row, in order.
    ///
    /// One transaction, in which the rows that can be stored are; one bad row never fails the
    /// others. A card that is twice in the batch gets one token. The hits of a batch are one entry
    /// of the audit log, or one for each 1,024.
    ///
    /// - Parameters:
    ///   - batch: the card numbers; only borrowed.
    ///   - format: what the tokens look like.
    ///   - lifetime: how long the tokens are to live; nil for as long as they are not deleted.
    /// - Throws: ``VaultError`` where no row could be tried.
    public func tokenize(
        _ batch: borrowing CardBatch, format: TokenFormat = .opaque, for lifetime: Duration? = nil
    ) async throws(VaultError) -> [Result<Card, VaultError>] {
        try await onRecord(.tokenize) { () throws(VaultError) in
            let terms = try CardTerms(format, for: lifetime, from: vault.now())
            let results = try await store(batch, terms)
            var log = BatchLog(askedCount: batch.count)
            for result in results { log.note(result) }
            try await vault.record(log.events(.tokenize, .found, in: self))
            return results
        }
    }

    /// As `tokenize`, for rows of a file: their number is on record too.
    package func importCards(
        _ batch: borrowing CardBatch, format: TokenFormat
    ) async throws(VaultError) -> [Result<Card, VaultError>] {
        try await onRecord(.import) { () throws(VaultError) in
            let results = try await store(batch, try CardTerms(format, for: nil, from: vault.now()))
            var log = BatchLog(askedCount: batch.count)
            for result in results { log.note(result) }
            let rows = event(.import, .done, .tokens([], askedCount: batch.count))
            try await vault.record([rows] + log.events(.import, .found, in: self))
            return results
        }
    }

    private func store(
        _ batch: borrowing CardBatch, _ terms: CardTerms
    ) async throws(VaultError) -> [Result<Card, VaultError>] {
        var results = [Result<Card, VaultError>](
            repeating: .failure(VaultError(.formatFull)), count: batch.count)
        var open = Array(0..<batch.count)
        var expired: [CardRecord] = []
        for drawCount in 0..<TokenDraw.attemptLimit where !open.isEmpty {
            do throws(VaultError) {
                open = try await withLatestKeys { keys throws(VaultError) -> [Int]? in
                    try await store(batch, open, &expired, terms, keys, in: &results)
                }
            } catch {
                guard drawCount > 0 else { throw error }
                // The rows that were stored before have their tokens.
                for index in open { results[index] = .failure(error) }
                open = []
            }
        }
        return results
    }

    /// Stores rows of a batch and notes what became of each. Returns the rows to try again, whose
    /// token was taken or that met an expired card, which is noted in `expired`; nil when `keys`
    /// are not the latest, and nothing is stored.
    private func store(
        _ batch: borrowing CardBatch, _ rows: [Int], _ expired: inout [CardRecord],
        _ terms: CardTerms, _ keys: ScopeKeys, in results: inout [Result<Card, VaultError>]
    ) async throws(VaultError) -> [Int]? {
        var cards: [(index: Int, card: NewCard)] = []
        var mayBeStale = false
        for index in rows {
            do throws(VaultError) {
                cards.append((index, try keys.seal(batch, at: index, terms)))
            } catch {
                results[index] = .failure(error)
                mayBeStale = mayBeStale || error.isOfSealing
            }
        }
        if mayBeStale {
            guard try await !vault.hasLater(than: keys) else { return nil }
        }
        guard !cards.isEmpty else { return [] }
        let outcomes = try await insert(cards.map(\.card), replacing: expired, under: keys)
        guard let outcomes else { return nil }
        var again: [Int] = []
        for ((index, new), outcome) in zip(cards, outcomes) {
            switch outcome {
            case .inserted:
                results[index] = keys.result { () throws(VaultError) in
                    try keys.card(new.record, isNew: true)
                }
            case .exists(let token, let record):
                results[index] = batch.withPacked(at: index) { packed in
                    keys.result { () throws(VaultError) in
                        try keys.verified(record, of: token, format: terms.format, is: packed)
                    }
                }
                if let record, record.facts.isExpired(at: vault.now()),
                    case .success = results[index]
                {
                    expired.append(record)
                    again.append(index)
                }
            case .tokenTaken: again.append(index)
            }
        }
        return again
    }
}

extension ScopeKeys {
    /// Makes the record of a batch's row.
    fileprivate func seal(
        _ batch: borrowing CardBatch, at index: Int, _ terms: CardTerms
    ) throws(VaultError) -> NewCard {
        if let reason = batch.verdict(at: index) { throw VaultError(.badPAN, reason: reason) }
        let outline = outline(batch, at: index)
        return try batch.withPacked(at: index) { packed throws(VaultError) in
            try seal(packed, outline, terms)
        }
    }
}
