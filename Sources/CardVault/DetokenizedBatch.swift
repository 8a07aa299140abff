// SPDX-License-Identifier: Apache-2.0
public import CardData

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

    /// The card number of the only row.
    ///
    /// - Throws: what its token failed with.
    mutating func takeFirst() throws(VaultError) -> PAN {
        if let failure = failure(at: 0) { throw failure }
        return try cards.pan(at: 0)
    }

    mutating func append(_ pan: consuming PAN) { cards.append(pan) }

    mutating func append(_ failure: VaultError) {
        failures[cards.count] = failure
        cards.appendRefusal(.notOpened)
    }
}
