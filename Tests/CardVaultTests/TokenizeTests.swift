// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import Synchronization
internal import Testing

@Suite("Tokenize") struct TokenizeTests {
    @Test(arguments: StoreKind.allCases)
    func `gives a card back`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let card = try await scope.tokenize(PAN("4111 1111 1111 1111"))
        #expect(card.isNew)
        let pan = try await scope.detokenize(card.token, purpose: "settlement")
        #expect(digits(pan) == Cards.visa)
    }

    @Test(arguments: StoreKind.allCases)
    func `gives the same card the same token`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let first = try await scope.tokenize(PAN(Cards.visa))
        let second = try await scope.tokenize(PAN("4111-1111-1111-1111"))
        #expect(second.token == first.token)
        #expect(!second.isNew)
        let other = try await scope.tokenize(PAN(Cards.otherVisa))
        #expect(other.token != first.token)
    }

    @Test(arguments: StoreKind.allCases)
    func `gives many tasks one token, new to one of them`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let cards = try await withThrowingTaskGroup(of: Card.self) { group in
            for _ in 0..<32 { group.addTask { try await scope.tokenize(PAN(Cards.visa)) } }
            var cards: [Card] = []
            for try await card in group { cards.append(card) }
            return cards
        }
        #expect(cards.count == 32)
        #expect(Set(cards.map(\.token)).count == 1)
        #expect(cards.count { $0.isNew } == 1)
    }

    @Test(arguments: StoreKind.allCases)
    func `gives several vaults on a store one token`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let vaults = [bench.vault, try await bench.opened(), try await bench.opened()]
        let cards = try await withThrowingTaskGroup(of: Card.self) { group in
            for vault in vaults {
                for _ in 0..<8 {
                    group.addTask {
                        try await vault.scope("default").tokenize(PAN(Cards.visa))
                    }
                }
            }
            var cards: [Card] = []
            for try await card in group { cards.append(card) }
            return cards
        }
        #expect(Set(cards.map(\.token)).count == 1)
        #expect(cards.count { $0.isNew } == 1)
    }

    @Test(arguments: StoreKind.allCases)
    func `keeps the expiry date that came first`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let expiry = try ExpiryDate("12/30")
        let first = try await scope.tokenize(PAN(Cards.visa), expiry: expiry)
        #expect(first.expiry == expiry)
        let second = try await scope.tokenize(PAN(Cards.visa), expiry: ExpiryDate("01/33"))
        #expect(second.token == first.token)
        #expect(second.expiry == expiry)
        #expect(!second.isNew)
    }

    @Test(arguments: StoreKind.allCases)
    func `says what may be shown of the card`(_ kind: StoreKind) async throws {
        let now = try moment(1_800_000_000_123)
        let bench = try await Bench(kind, now: { now })
        let scope = try await bench.scope()
        let card = try await scope.tokenize(PAN(Cards.amex), expiry: ExpiryDate("03/29"))
        #expect(card.display.stored == "378282*****0005")
        #expect(card.brand == .americanExpress)
        #expect(card.expiry?.description == "03/29")
        #expect(card.createdAt == now)
        #expect(card.format == .opaque)
        let described = try await scope.describe(card.token)
        #expect(described.token == card.token)
        #expect(described.display == card.display)
        #expect(described.brand == card.brand)
        #expect(described.expiry == card.expiry)
        #expect(described.createdAt == now)
        #expect(described.keyID == card.keyID)
        #expect(!described.isNew)
    }

    @Test func `shows eight digits in a vault that was made so`() async throws {
        let bench = try await Bench(.memory, binDigitCount: 8)
        let card = try await bench.scope().tokenize(PAN(Cards.visa))
        #expect(card.display.stored == "41111111****1111")
        let kept = try await bench.scope().tokenize(
            PAN(Cards.visa), format: .binLastFour)
        #expect(kept.token.description.hasPrefix("411111"))
    }

    @Test func `is refused to a task that was cancelled, and stores nothing`() async throws {
        let bench = try await Bench()
        let scope = try await bench.scope()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await code { try await scope.tokenize(PAN(Cards.visa)) }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
        let found = try await scope.find(PAN(Cards.visa))
        #expect(found == nil)
    }

    @Test func `gives the token to a task that was cancelled too late`() async throws {
        let bench = try await Bench()
        let probe = StoreProbe(bench.store)
        let vault = try await Vault(keyring: bench.keyring, store: probe, patience: Bench.patience)
        let scope = try await vault.scope("default")
        let (gate, arrived) = (Gate(), Gate())
        probe.beforeWrite { _ in
            await arrived.open()
            await gate.wait()
        }
        let task = Task { try await scope.tokenize(PAN(Cards.visa)) }
        await arrived.wait()
        task.cancel()
        await gate.open()
        let card = try await task.value
        #expect(try await scope.describe(card.token).token == card.token)
    }

    @Test(arguments: StoreKind.allCases)
    func `works again after its keys were forgotten`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let card = try await scope.tokenize(PAN(Cards.visa))
        bench.vault.forgetKeys()
        let pan = try await scope.detokenize(card.token, purpose: "settlement")
        #expect(digits(pan) == Cards.visa)
        bench.vault.forgetKeys()
        #expect(try await scope.tokenize(PAN(Cards.visa)).token == card.token)
    }

    @Test func `survives the process`() async throws {
        let bench = try await Bench()
        let card = try await bench.scope().tokenize(PAN(Cards.visa))
        let scope = try await bench.opened().scope("default")
        let pan = try await scope.detokenize(card.token, purpose: "settlement")
        #expect(digits(pan) == Cards.visa)
        #expect(try await scope.tokenize(PAN(Cards.visa)).token == card.token)
    }
}
