// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardData
internal import CardKeys

extension Scope {
    /// Gives a card number back. That is on record before it is given; what cannot be put on record
    /// is not given.
    ///
    /// - Parameters:
    ///   - token: of this scope.
    ///   - purpose: what the number is needed for: 1 to 200 printable characters, no card number.
    /// - Throws: ``VaultError``: `badPurpose`, `notFound`, or `integrity` naming the token. Each is
    ///   on record too.
    public func detokenize(_ token: Token, purpose: String) async throws(VaultError) -> PAN {
        var opened = try await open([token], purpose: purpose)
        return try opened.takeFirst()
    }

    /// Gives the card numbers of a batch of tokens back: a row per token, in order.
    ///
    /// On record as one entry with the tokens that were opened (one for each 1,024), and one for
    /// each kind of failure.
    ///
    /// - Throws: ``VaultError`` where no row could be tried; a row of its own failure holds that.
    public func detokenize(
        _ tokens: [Token], purpose: String
    ) async throws(VaultError) -> DetokenizedBatch {
        try await open(tokens, purpose: purpose)
    }

    /// Reads, opens and puts on record in one transaction; what was opened comes back when that is
    /// durable.
    private func open(
        _ tokens: [Token], purpose: String
    ) async throws(VaultError) -> DetokenizedBatch {
        let asked = Array(tokens.prefix(AuditSubject.idLimit))
        let subject = AuditSubject.tokens(asked, askedCount: tokens.count)
        return try await onRecord(.detokenize, for: purpose, subject) {
            purpose throws(VaultError) in
            try await withLatestKeys { keys throws(VaultError) in
                let opening = Opening(tokens, for: purpose, in: self, keys)
                let isDone = try await vault.write(revealing: true) {
                    transaction, pen throws(StoreError) in
                    try opening.run(in: transaction, pen)
                }
                return isDone ? opening.take() : nil
            }
        }
    }
}

/// Card numbers on their way out: opened in a transaction, given out when it is durable.
///
/// The transaction writes here before the task that waits for it reads.
private final class Opening: @unchecked Sendable {  // used by one task at a time: see above
    private let tokens: [Token]
    private let purpose: AuditText
    private let scope: Scope
    private let keys: ScopeKeys
    private var batch = DetokenizedBatch(capacity: 0)

    init(_ tokens: [Token], for purpose: AuditText, in scope: Scope, _ keys: ScopeKeys) {
        self.tokens = tokens
        self.purpose = purpose
        self.scope = scope
        self.keys = keys
    }

    /// Opens what the store has of the tokens and puts it on record; false, and nothing done, when
    /// the keys are not the latest: they may be destroyed by now.
    func run(in transaction: any StoreTransaction, _ pen: AuditPen) throws(StoreError) -> Bool {
        guard try transaction.epoch(of: scope.id) == keys.epoch else { return false }
        let records = try read(transaction)
        batch = DetokenizedBatch(capacity: tokens.count)
        var log = BatchLog(askedCount: tokens.count)
        for (token, record) in zip(tokens, records) {
            do throws(VaultError) {
                batch.append(try open(record))
                log.note(token)
            } catch {
                batch.append(error)
                log.note(error, of: token)
            }
        }
        try pen.append(log.events(.detokenize, .done, purpose: purpose, in: scope))
        return true
    }

    /// What was opened. There is nothing a second time.
    func take() -> DetokenizedBatch {
        var taken = DetokenizedBatch(capacity: 0)
        swap(&taken, &batch)
        return taken
    }

    private func open(_ record: Result<CardRecord?, StoreError>) throws(VaultError) -> PAN {
        switch record {
        case .success(let record?) where keys.owns(record.key):
            let pan = try keys.open(record)
            guard !record.facts.isExpired(at: scope.vault.now()) else {
                throw VaultError(.notFound)
            }
            return pan
        case .success: throw VaultError(.notFound)
        case .failure(let error): throw VaultError(store: error)
        }
    }

    /// The records of the tokens, read in the order in which they lie. One that does not decode
    /// fails its own row only.
    private func read(
        _ transaction: any StoreTransaction
    ) throws(StoreError) -> [Result<CardRecord?, StoreError>] {
        var records = [Result<CardRecord?, StoreError>](
            repeating: .success(nil), count: tokens.count)
        for index in tokens.indices.sorted(by: { tokens[$0] < tokens[$1] }) {
            do throws(StoreError) {
                records[index] = .success(try transaction.card(tokens[index]))
            } catch {
                guard error.code == .corrupt else { throw error }
                records[index] = .failure(error)
            }
        }
        return records
    }
}
