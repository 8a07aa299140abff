// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import Testing

@Suite("Batches") struct BatchTests {
    /// Rows 0 and 3 are the same card, 1 and 4 are none, 2 is too short for some formats.
    private func batch() throws -> CardBatch {
        var batch = CardBatch(capacity: 6)
        batch.append(Cards.visa.utf8.span, expiry: try ExpiryDate("12/30"))
        batch.append("4111 1111 1111 1112".utf8.span)
        batch.append(Cards.amex.utf8.span)
        batch.append(Cards.visa.utf8.span, expiry: try ExpiryDate("01/33"))
        batch.append("none".utf8.span)
        batch.append(Cards.mastercard.utf8.span)
        return batch
    }

    @Test(arguments: StoreKind.allCases)
    func `gives a result for every row, in order`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let results = try await scope.tokenize(batch())
        #expect(results.count == 6)
        #expect(failure(results[1])?.reason == .checkDigit)
        #expect(failure(results[4])?.reason == .notADigit(offset: 0))
        #expect([1, 4].allSatisfy { failure(results[$0])?.code == .badPAN })
        let cards = try [0, 2, 3, 5].map { try results[$0].get() }
        #expect(cards.map(\.isNew) == [true, true, false, true])
        #expect(cards[0].token == cards[2].token)
        #expect(cards[2].expiry == cards[0].expiry)
        #expect(cards[0].expiry?.description == "12/30")
        #expect(
            cards.map(\.brand) == [.visa, .americanExpress, .visa, .mastercard])
        let again = try await scope.tokenize(batch())
        #expect(try [0, 2, 3, 5].map { try again[$0].get().token } == cards.map(\.token))
        #expect(try [0, 2, 3, 5].allSatisfy { try !again[$0].get().isNew })
    }

    @Test(arguments: StoreKind.allCases)
    func `refuses the rows alone that a format is too narrow for`(
        _ kind: StoreKind
    ) async throws {
        let bench = try await Bench(kind)
        let results = try await bench.scope().tokenize(batch(), format: .binLastFour)
        let codes = results.map { failure($0)?.code }
        #expect(codes == [nil, .badPAN, .formatTooNarrow, nil, .badPAN, nil])
    }

    @Test(arguments: StoreKind.allCases)
    func `finds every row, in order`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let card = try await scope.tokenize(PAN(Cards.visa))
        let results = try await scope.find(batch())
        #expect(results.count == 6)
        #expect(failure(results[1])?.reason == .checkDigit)
        #expect(failure(results[4])?.code == .badPAN)
        let found = try [0, 2, 3, 5].map { try results[$0].get()?.token }
        #expect(found == [card.token, nil, card.token, nil])
    }

    @Test(arguments: StoreKind.allCases)
    func `gives the numbers back, in order`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let first = try await scope.tokenize(PAN(Cards.visa)).token
        let second = try await scope.tokenize(PAN(Cards.amex)).token
        let none = try Token("tok_00000000000000000000000000")
        let rows = try await scope.detokenize([second, none, first, second], purpose: "test")
        #expect(rows.count == 4)
        #expect((0..<4).map { rows.failure(at: $0)?.code } == [nil, .notFound, nil, nil])
        #expect(rows.cards.verdict(at: 1) == .notOpened)
        #expect(
            [0, 2, 3].map { digits(rows.cards, at: $0) } == [Cards.amex, Cards.visa, Cards.amex])
    }

    @Test func `may be empty`() async throws {
        let bench = try await Bench(.memory)
        let scope = try await bench.scope()
        #expect(try await scope.tokenize(CardBatch(capacity: 0)).isEmpty)
        #expect(try await scope.find(CardBatch(capacity: 0)).isEmpty)
        let rows = try await scope.detokenize([], purpose: "test")
        let count = rows.count
        #expect(count == 0)
    }

    @Test(arguments: StoreKind.allCases)
    func `of thousands keep every card`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let results = try await scope.tokenize(Cards.batch(0..<2_000))
        let tokens = try results.map { try $0.get().token }
        #expect(Set(tokens).count == 2_000)
        let rows = try await scope.detokenize(tokens, purpose: "test")
        let isSame = (0..<2_000).allSatisfy {
            rows.failure(at: $0) == nil && digits(rows.cards, at: $0) == Cards.text($0)
        }
        #expect(isSame)
    }

    @Test func `that meet in many tasks give every card one token`() async throws {
        let bench = try await Bench()
        let scope = try await bench.scope()
        let all = try await withThrowingTaskGroup(of: [Card].self) { group in
            for start in 0..<8 {
                group.addTask {
                    let rows = Array(start * 10..<start * 10 + 50)
                    return try await scope.tokenize(Cards.batch(rows)).map { try $0.get() }
                }
            }
            var all: [Card] = []
            for try await cards in group { all += cards }
            return all
        }
        #expect(all.count == 400)
        #expect(Set(all.map(\.token)).count == 120)
        #expect(all.count { $0.isNew } == 120)
    }

    @Test func `keep the tokens of the rows that were stored before a failure`() async throws {
        let bench = try await Bench(.memory)
        let scope = try await bench.scope()
        // A digit token of one of the rows is taken, then the store fails.
        let probe = StoreProbe(PartlyTakenStore(base: bench.store))
        let vault = try await Vault(keyring: bench.keyring, store: probe, patience: Bench.patience)
        let other = try await vault.scope("default")
        probe.beforeWrite { count throws(StoreError) in
            if count > 1 { throw StoreError(.full) }
        }
        let results = try await other.tokenize(Cards.batch(0..<3))
        #expect(results.map { failure($0)?.store?.code } == [nil, .full, nil])
        let token = try results[0].get().token
        #expect(try await scope.describe(token).token == token)
    }
}

/// A store in which the token of the second of several cards is taken.
private struct PartlyTakenStore: ForwardingStore {
    let base: any VaultStore

    func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try await base.write { transaction throws(StoreError) in
            try body(
                InsertingTransaction(base: transaction) { cards throws(StoreError) in
                    var kept = cards
                    kept.remove(at: 1)
                    var outcomes = try transaction.insert(kept)
                    outcomes.insert(.tokenTaken, at: 1)
                    return outcomes
                })
        }
    }
}
