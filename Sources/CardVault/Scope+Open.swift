// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardData
internal import CardKeys

extension Scope {
    /// What may be shown of a stored card. Verifies the record and releases no card number.
    ///
    /// - Throws: ``VaultError``: `notFound`, or `integrity` naming the token.
    public func describe(_ token: Token) async throws(VaultError) -> Card {
        let card = try await withKeys { keys throws(VaultError) -> Card? in
            guard let record = try await record(token, keys) else { return nil }
            _ = try keys.open(record)
            return try keys.card(record, isNew: false)
        }
        guard let card else { throw VaultError(.notFound) }
        return card
    }

    /// Gives a card number back.
    ///
    /// - Parameters:
    ///   - token: of this scope.
    ///   - purpose: what the number is needed for: 1 to 200 printable characters, no card number.
    /// - Throws: ``VaultError``: `badPurpose`, `notFound`, or `integrity` naming the token.
    public func detokenize(_ token: Token, purpose: String) async throws(VaultError) -> PAN {
        guard AuditText(purpose) != nil else { throw VaultError(.badPurpose) }
        let pan = try await withKeys { keys throws(VaultError) -> PAN? in
            guard let record = try await record(token, keys) else { return nil }
            return try keys.open(record)
        }
        guard let pan else { throw VaultError(.notFound) }
        return pan
    }

    /// Gives the card numbers of a batch of tokens back: a row per token, in order.
    ///
    /// - Throws: ``VaultError`` where no row could be tried; a row of its own failure holds that.
    public func detokenize(
        _ tokens: [Token], purpose: String
    ) async throws(VaultError) -> DetokenizedBatch {
        guard AuditText(purpose) != nil else { throw VaultError(.badPurpose) }
        try vault.checkProcess()
        var batch = DetokenizedBatch(capacity: tokens.count)
        for token in tokens {
            do throws(VaultError) {
                batch.append(try await detokenize(token, purpose: purpose))
            } catch {
                batch.append(error)
            }
        }
        return batch
    }

    /// Removes a card and its search rows.
    ///
    /// A record that was altered is removed too: whoever may delete a card need not be able to open
    /// it.
    ///
    /// - Throws: ``VaultError/Code/notFound``.
    public func delete(_ token: Token) async throws(VaultError) {
        let isDeleted = try await withKeys { keys throws(VaultError) -> Bool? in
            guard let record = try await record(token, keys) else { return nil }
            let isThere = try await VaultError.store { () throws(StoreError) in
                try await vault.writer.write { transaction throws(StoreError) in
                    guard try transaction.card(token)?.key == record.key else { return false }
                    return try transaction.delete(token)
                }
            }
            return isThere ? true : nil
        }
        guard isDeleted == true else { throw VaultError(.notFound) }
    }
}

/// Card numbers that came back for a batch of tokens, each with its verdict.
public struct DetokenizedBatch: ~Copyable, Sendable {
    /// The card numbers, a row per token. A row whose token failed holds no number; ask
    /// ``failure(at:)`` before the row.
    public private(set) var cards: CardBatch
    private var failures: [Int: VaultError] = [:]

    init(capacity: Int) { cards = CardBatch(capacity: capacity) }

    /// How many rows there are.
    public var count: Int { cards.count }

    /// Why the token of this row gave no card number; nil when it gave one.
    public func failure(at index: Int) -> VaultError? { failures[index] }

    mutating func append(_ pan: consuming PAN) { cards.append(pan) }

    mutating func append(_ failure: VaultError) {
        failures[cards.count] = failure
        cards.appendRefusal(.notOpened)
    }
}
