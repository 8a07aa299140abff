// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardData
internal import CardKeys
internal import ConstantTime

extension Scope {
    /// Stores a card and returns its token; the same card and format always get the same token.
    ///
    /// A card that is there already keeps its expiry date, its token and its lifetime, and `isNew`
    /// is false: a hit is opened and compared, and is on record before its token is returned.
    ///
    /// - Parameters:
    ///   - pan: the card number; only borrowed.
    ///   - expiry: the expiry date, kept in the clear.
    ///   - format: what the token looks like.
    ///   - lifetime: how long the token is to live; nil for as long as it is not deleted.
    /// - Throws: ``VaultError``: `formatTooNarrow`, `formatFull`, `noSealingKey`, `badLifetime`;
    ///   `integrity` naming the token when a hit does not open or is another card, and then nothing
    ///   is stored; `cancelled` before the record goes to the writer, never after.
    public func tokenize(
        _ pan: borrowing PAN, expiry: ExpiryDate? = nil, format: TokenFormat = .opaque,
        for lifetime: Duration? = nil
    ) async throws(VaultError) -> Card {
        try await onRecord(.tokenize) { () throws(VaultError) in
            let terms = try CardTerms(format, for: lifetime, from: vault.now())
            let card = try await store(pan, expiry: expiry, terms)
            if !card.isNew {
                try await vault.record([event(.tokenize, .found, .token(card.token))])
            }
            return card
        }
    }

    /// Stores a card, drawing tokens until one is free.
    ///
    /// - Parameters:
    ///   - pan: the card number, which a hit is compared with.
    ///   - expiry: the expiry date.
    ///   - terms: of the token.
    ///   - hold: what ends in the transaction in which the card is stored. A hit leaves it.
    /// - Throws: `notFound` when the hold has ended before; nothing is stored then.
    func store(
        _ pan: borrowing PAN, expiry: ExpiryDate?, _ terms: CardTerms, ending hold: HoldEnd? = nil
    ) async throws(VaultError) -> Card {
        var expired: [CardRecord] = []
        for _ in 0..<TokenDraw.attemptLimit {
            let card = try await withLatestKeys { keys throws(VaultError) -> Card?? in
                let outline = keys.outline(pan, expiry: expiry)
                let new = try pan.withPacked { packed throws(VaultError) in
                    try keys.seal(packed, outline, terms)
                }
                let outcomes = try await insert(
                    [new], replacing: expired, under: keys, ending: hold)
                guard let outcomes else { return nil }
                switch outcomes.first {
                case nil: throw VaultError(.notFound)
                case .inserted: return try keys.card(new.record, isNew: true)
                case .exists(let token, let record):
                    let card = try pan.withPacked { packed throws(VaultError) in
                        try keys.verified(record, of: token, format: terms.format, is: packed)
                    }
                    guard let record, record.facts.isExpired(at: vault.now()) else { return card }
                    expired.append(record)
                    return .some(nil)
                case .tokenTaken: return .some(nil)
                }
            }
            if let card { return card }
        }
        throw VaultError(.formatFull)
    }

    /// Stores cards if `keys` are still the latest of the scope; nil when they are not, and nothing
    /// is stored. The check and the writes are one transaction.
    ///
    /// - Parameters:
    ///   - expired: verified records whose time is over; those that are still there give way.
    ///   - hold: what ends with it if the only card is stored; without such a hold no card is
    ///     stored, and there is no outcome.
    func insert(
        _ cards: [NewCard], replacing expired: [CardRecord], under keys: ScopeKeys,
        ending hold: HoldEnd? = nil
    ) async throws(VaultError) -> [InsertOutcome]? {
        guard !Task.isCancelled else { throw VaultError(.cancelled) }
        let (scope, moment, caller) = (id, vault.now(), caller)
        return try await vault.write { transaction, pen throws(StoreError) in
            guard try transaction.epoch(of: scope) == keys.epoch else { return nil }
            if let hold {
                guard try transaction.hold(hold.id) != nil else { return [] }
            }
            var removed: [Token] = []
            for record in expired where try transaction.card(record.token) == record {
                if try transaction.delete(record.token) { removed.append(record.token) }
            }
            let swept = SweptRecords(tokens: removed, holds: [])
            try pen.append(swept.events(at: moment, by: caller, in: scope))
            let outcomes = try transaction.insert(cards)
            if let hold, outcomes == [.inserted] { _ = try hold.end(in: transaction, pen) }
            return outcomes
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
