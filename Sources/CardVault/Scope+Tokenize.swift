// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardData
internal import CardKeys
internal import ConstantTime

extension Scope {
    /// Stores a card and returns its token; the same card and format always get the same token.
    ///
    /// A card that is there already keeps its expiry date and its token, and `isNew` is false: a
    /// hit is opened and compared before its token is returned.
    ///
    /// - Parameters:
    ///   - pan: the card number; only borrowed.
    ///   - expiry: the expiry date, kept in the clear.
    ///   - format: what the token looks like.
    /// - Throws: ``VaultError``: `formatTooNarrow`, `formatFull`, `noSealingKey`; `integrity`
    ///   naming the token when a hit does not open or is another card, and then nothing is stored;
    ///   `cancelled` before the record goes to the writer, never after.
    public func tokenize(
        _ pan: borrowing PAN, expiry: ExpiryDate? = nil, format: TokenFormat = .opaque
    ) async throws(VaultError) -> Card {
        for _ in 0..<TokenDraw.attemptLimit {
            let card = try await withLatestKeys { keys throws(VaultError) -> Card?? in
                let outline = keys.outline(pan, expiry: expiry)
                let new = try pan.withPacked { packed throws(VaultError) in
                    try keys.seal(packed, outline, format: format, at: vault.now())
                }
                guard let outcome = try await insert([new], under: keys)?.first else { return nil }
                switch outcome {
                case .inserted: return try keys.card(new.record, isNew: true)
                case .exists(let token, let record):
                    return try pan.withPacked { packed throws(VaultError) in
                        try keys.verified(record, of: token, format: format, is: packed)
                    }
                case .tokenTaken: return .some(nil)
                }
            }
            if let card { return card }
        }
        throw VaultError(.formatFull)
    }

    /// Stores the cards of a batch and returns a result per row, in order.
    ///
    /// One transaction, in which the rows that can be stored are; one bad row never fails the
    /// others. A card that is twice in the batch gets one token.
    ///
    /// - Throws: ``VaultError`` where no row could be tried.
    public func tokenize(
        _ batch: borrowing CardBatch, format: TokenFormat = .opaque
    ) async throws(VaultError) -> [Result<Card, VaultError>] {
        var results = [Result<Card, VaultError>](
            repeating: .failure(VaultError(.formatFull)), count: batch.count)
        var open = Array(0..<batch.count)
        for drawCount in 0..<TokenDraw.attemptLimit where !open.isEmpty {
            do throws(VaultError) {
                open = try await withLatestKeys { keys throws(VaultError) -> [Int]? in
                    try await store(batch, open, format: format, keys, in: &results)
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

    /// Stores rows of a batch and notes what became of each. Returns the rows whose token was
    /// taken; nil when `keys` are not the latest, and nothing is stored.
    private func store(
        _ batch: borrowing CardBatch, _ rows: [Int], format: TokenFormat, _ keys: ScopeKeys,
        in results: inout [Result<Card, VaultError>]
    ) async throws(VaultError) -> [Int]? {
        var cards: [(index: Int, card: NewCard)] = []
        for index in rows {
            do throws(VaultError) {
                cards.append((index, try seal(batch, at: index, format: format, keys)))
            } catch {
                results[index] = .failure(error)
            }
        }
        guard !cards.isEmpty else { return [] }
        guard let outcomes = try await insert(cards.map(\.card), under: keys) else { return nil }
        var taken: [Int] = []
        for ((index, new), outcome) in zip(cards, outcomes) {
            switch outcome {
            case .inserted:
                results[index] = keys.result { () throws(VaultError) in
                    try keys.card(new.record, isNew: true)
                }
            case .exists(let token, let record):
                results[index] = batch.withPacked(at: index) { packed in
                    keys.result { () throws(VaultError) in
                        try keys.verified(record, of: token, format: format, is: packed)
                    }
                }
            case .tokenTaken: taken.append(index)
            }
        }
        return taken
    }

    private func seal(
        _ batch: borrowing CardBatch, at index: Int, format: TokenFormat, _ keys: ScopeKeys
    ) throws(VaultError) -> NewCard {
        if let reason = batch.verdict(at: index) { throw VaultError(.badPAN, reason: reason) }
        let outline = keys.outline(batch, at: index)
        let moment = vault.now()
        return try batch.withPacked(at: index) { packed throws(VaultError) in
            try keys.seal(packed, outline, format: format, at: moment)
        }
    }

    /// Stores cards if `keys` are still the latest of the scope; nil when they are not, and nothing
    /// is stored. The check and the writes are one transaction.
    private func insert(
        _ cards: [NewCard], under keys: ScopeKeys
    ) async throws(VaultError) -> [InsertOutcome]? {
        guard !Task.isCancelled else { throw VaultError(.cancelled) }
        let scope = id
        return try await VaultError.store { () throws(StoreError) in
            try await vault.writer.write { transaction throws(StoreError) in
                guard try transaction.epoch(of: scope) == keys.epoch else { return nil }
                return try transaction.insert(cards)
            }
        }
    }
}

extension ScopeKeys {
    /// A record as its card.
    func card(_ record: CardRecord, isNew: Bool) throws(VaultError) -> Card {
        guard let keyID = keyID(record.key) else { throw VaultError(.notFound) }
        return Card(record, sealedBy: keyID, isNew: isNew)
    }

    /// The card that a fingerprint pointed at, once it is opened and compared.
    ///
    /// - Throws: `integrity` naming the token when it is not there, does not open, or is another
    ///   card.
    func verified(
        _ record: CardRecord?, of token: Token, format: TokenFormat, is packed: Span<UInt8>
    ) throws(VaultError) -> Card {
        guard let record, owns(record.key), record.facts.format == format else {
            throw VaultError(.integrity, subject: token.description)
        }
        let stored = try open(record)
        // Public: the caller either gets this card's token or an error that names it.
        guard stored.withPacked({ equal($0, packed) }).declassify() else {
            throw VaultError(.integrity, subject: token.description)
        }
        return try card(record, isNew: false)
    }

    func result(
        _ body: () throws(VaultError) -> Card
    ) -> Result<Card, VaultError> {
        do throws(VaultError) { return .success(try body()) } catch { return .failure(error) }
    }
}
