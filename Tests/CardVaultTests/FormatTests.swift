// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
@testable internal import CardVault
internal import Synchronization
internal import Testing

@Suite("Token formats") struct FormatTests {
    private static func passesLuhn(_ digits: String) -> Bool {
        LuhnCheck.passes(digits.utf8.map { $0 - 48 })
    }

    /// How many leading and trailing digits of a number a format keeps, as the design has it; nil
    /// where fewer than six digits would be random.
    private static func kept(_ count: Int, _ format: TokenFormat) -> (Int, Int)? {
        let trailing = min(4, count / 3)
        let leading = format.keepsBIN ? 6 : 0
        // A number of up to twelve digits shows none of its first six.
        guard leading == 0 || count > 12 else { return nil }
        return count - leading - trailing >= 6 ? (leading, trailing) : nil
    }

    @Test(arguments: Array(8...19), TokenFormat.allCases.dropFirst())
    func `keeps what it says, and nothing else`(
        _ count: Int, _ format: TokenFormat
    ) async throws {
        let bench = try await SharedBench.memory.value
        let number = String("4111111111111111111".prefix(count))
        guard let (leading, trailing) = Self.kept(count, format) else {
            #expect(
                await code {
                    try await bench.scope.tokenize(Cards.ofLength(count), format: format)
                } == .formatTooNarrow)
            return
        }
        let card = try await bench.scope.tokenize(Cards.ofLength(count), format: format)
        let text = card.token.description
        #expect(text.count == count)
        #expect(text.prefix(leading) == number.prefix(leading))
        #expect(text.suffix(trailing) == number.suffix(trailing))
        #expect(text != number)
        #expect(Self.passesLuhn(text) == format.passesLuhn)
        #expect(card.format == format)
        let pan = try await bench.scope.detokenize(card.token, purpose: "test")
        #expect(digits(pan) == number)
    }

    @Test func `has six random digits or is refused`() {
        var narrow: [String] = []
        for format in TokenFormat.allCases.dropFirst() {
            for count in 8...19 where Self.kept(count, format) == nil {
                narrow.append("\(format) \(count)")
            }
        }
        let short = (8...15).flatMap { ["bin-last-four \($0)", "bin-last-four-luhn \($0)"] }
        #expect(Set(narrow) == Set(short))
    }

    @Test func `gives a card a token of each`() async throws {
        let bench = try await Bench(.memory)
        let scope = try await bench.scope()
        var tokens: Set<Token> = []
        for format in TokenFormat.allCases {
            let card = try await scope.tokenize(PAN(Cards.visa), format: format)
            #expect(card.isNew)
            #expect(try await scope.find(PAN(Cards.visa), format: format)?.token == card.token)
            tokens.insert(card.token)
        }
        #expect(tokens.count == 5)
    }

    @Test(arguments: TokenFormat.allCases.dropFirst())
    func `never draws the number itself`(_ format: TokenFormat) throws {
        let number = format.passesLuhn ? Cards.visa : Cards.text(0)
        let pan = try PAN(number, luhn: .ignored)
        let free = (format.keepsBIN ? 6 : 0)..<12
        let own = number.utf8.map { $0 - 48 }[free]
        // Another draw of the same check: two digits, of which one doubles, changed by one sum.
        let source = Mutex(Array(own))
        let token = try pan.withPacked { packed throws(VaultError) in
            try TokenDraw.draw(
                format, display: pan.display(.firstSixLastFour), style: .random,
                at: .now(), unlike: packed
            ) {
                source.withLock { $0.isEmpty ? TokenDraw.digit() : $0.removeFirst() }
            }
        }
        #expect(source.withLock { $0.isEmpty })
        #expect(token.description != number)
        #expect(Self.passesLuhn(token.description) == format.passesLuhn)
    }

    @Test func `draws every digit about as often`() throws {
        var counts = [Int](repeating: 0, count: 10)
        for _ in 0..<20_000 { counts[Int(TokenDraw.digit())] += 1 }
        // Six standard deviations: once in 10^8 runs a fair die would fail.
        #expect(counts.allSatisfy { abs($0 - 2_000) < 6 * 43 })
    }

    @Test func `of a scope with the time in front lie in the order of their making`() async throws {
        let clock = Mutex(UInt64(1_800_000_000_000))
        let now: @Sendable () -> Timestamp = {
            Timestamp(milliseconds: clock.withLock { $0 }) ?? .now()
        }
        let bench = try await Bench(.memory, now: now)
        let scope = try await bench.scope()
        var tokens: [Token] = []
        for index in 0..<20 {
            clock.withLock { $0 += 1 }
            tokens.append(try await scope.tokenize(Cards.numbered(index)).token)
        }
        #expect(tokens == tokens.sorted())
        let time = clock.withLock { $0 }
        #expect(
            tokens.last?.stored.dropFirst().prefix(6).reduce(0) { $0 << 8 | UInt64($1) } == time)
    }

    @Test func `of a scope without the time do not show when`() async throws {
        let now = try moment(0)
        let bench = try await Bench(.memory, now: { now })
        try await bench.vault.addScope(#require(ScopeID("quiet")), tokens: .random)
        let scope = try await bench.vault.scope("quiet")
        var heads: Set<[UInt8]> = []
        for index in 0..<20 {
            let token = try await scope.tokenize(Cards.numbered(index)).token
            heads.insert(Array(token.stored[1..<7]))
        }
        #expect(heads.count == 20)
    }

    @Test func `a taken token is drawn again, and sixteen in a row are too many`() async throws {
        let bench = try await Bench(.memory)
        let store = TakenStore(base: bench.store)
        let vault = try await Vault(keyring: bench.keyring, store: store, patience: Bench.patience)
        let scope = try await vault.scope("default")
        store.takenCount.withLock { $0 = 15 }
        #expect(try await scope.tokenize(PAN(Cards.visa)).isNew)
        store.takenCount.withLock { $0 = 16 }
        #expect(await code { try await scope.tokenize(PAN(Cards.amex)) } == .formatFull)
        store.takenCount.withLock { $0 = 15 }
        let open = try await scope.tokenize(Cards.batch(0..<3))
        #expect(try open.map { try $0.get().isNew } == [true, true, true])
        store.takenCount.withLock { $0 = 16 }
        let full = try await scope.tokenize(Cards.batch(3..<5))
        #expect(full.map { failure($0)?.code } == [.formatFull, .formatFull])
    }
}

/// Why a row of a batch failed; nil when it did not.
func failure<Value>(_ result: Result<Value, VaultError>) -> VaultError? {
    if case .failure(let error) = result { error } else { nil }
}

/// A store in which every token is taken, as often as it is told.
private final class TakenStore: ForwardingStore {
    let base: any VaultStore
    let takenCount = Mutex(0)

    init(base: any VaultStore) { self.base = base }

    func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        let isTaken = takenCount.withLock { count in
            count -= 1
            return count >= 0
        }
        return try await base.write { transaction throws(StoreError) in
            guard isTaken else { return try body(transaction) }
            return try body(
                InsertingTransaction(base: transaction) { cards in
                    cards.map { _ in .tokenTaken }
                })
        }
    }
}
