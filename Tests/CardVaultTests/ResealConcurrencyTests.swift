// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Reseal beside other calls") struct ResealConcurrencyTests {
    /// What happens to cards between their reading and their writing.
    @Test(arguments: StoreKind.allCases, [1, 3])
    func `never overwrites what was changed meanwhile`(
        _ kind: StoreKind, _ threadCount: Int
    ) async throws {
        let clock = Clock()
        let bench = try await Bench(kind, now: clock.read)
        let scope = try await bench.scope()
        var tokens: [Token] = []
        for index in 0..<12 {
            tokens.append(
                try await scope.tokenize(Cards.numbered(index), for: .seconds(600)).token)
        }
        try await bench.vault.rotated(.data)
        let probe = StoreProbe(bench.store)
        let vault = try await Vault(
            keyring: bench.unlocked(), store: probe, patience: Bench.patience,
            logger: Bench.silence, now: clock.read)
        let end = try clock.after(.seconds(1_200))
        let known = tokens
        // The first transaction says that it begins, the second would write the page.
        probe.beforeWrite { count throws(StoreError) in
            guard count == 2 else { return }
            do {
                _ = try await scope.extend(known[1], until: end)
                try await scope.delete(known[2])
                _ = try await scope.tokenize(Cards.numbered(99), for: .seconds(600))
            } catch {
                throw StoreError(.failed)
            }
        }
        var options = ResealOptions()
        options.threadCount = threadCount
        let progress = try await vault.resealed(options)
        #expect(progress.unreadableCount == 0)
        #expect(try await scope.describe(tokens[1]).expiresAt == end)
        #expect(await code { try await scope.describe(known[2]) } == .notFound)
        #expect(try await scope.find(Cards.numbered(2)) == nil)
        let data = try await bench.vault.sealing(.data).key.id
        for (index, token) in tokens.enumerated() where index != 2 {
            #expect(try await scope.describe(token).keyID == data)
            let pan = try await scope.detokenize(token, purpose: "test")
            #expect(digits(pan) == Cards.text(index))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `loses nothing while cards come, change and go`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let end = try moment(Timestamp.now().milliseconds + 86_400_000)
        var tokens: [Token] = []
        for index in 0..<600 {
            tokens.append(
                try await scope.tokenize(Cards.numbered(index), for: .seconds(3_600)).token)
        }
        try await bench.vault.rotated(.data)
        try await bench.vault.rotated(.fingerprint)
        let known = tokens
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for index in stride(from: 0, to: 600, by: 6) {
                    _ = try await scope.extend(known[index], until: end)
                }
            }
            group.addTask {
                for index in stride(from: 1, to: 600, by: 6) {
                    try await scope.delete(known[index])
                }
            }
            group.addTask {
                for index in 600..<700 { _ = try await scope.tokenize(Cards.numbered(index)) }
            }
            for _ in 0..<2 { try await bench.vault.resealed() }
            try await group.waitForAll()
        }
        try await bench.vault.resealed()
        let data = try await bench.vault.sealing(.data).key.id
        for index in 0..<700 {
            let card = try await scope.find(Cards.numbered(index))
            guard index >= 600 || index % 6 != 1 else {
                #expect(card == nil)
                continue
            }
            #expect(card?.keyID == data)
            if index < 600 { #expect(card?.token == tokens[index]) }
            if index < 600 && index % 6 == 0 { #expect(card?.expiresAt == end) }
        }
        #expect(try await bench.isLogSound())
    }

    /// Another fingerprint key comes between any two reads or writes of a walk.
    @Test func `ends no fingerprint key under which a card may be alone`() async throws {
        var number = 0
        while true {
            number += 1
            let bench = try await Bench()
            let cards = try await RotationCards(bench.scope())
            try await bench.vault.rotated(.fingerprint)
            let limit = number
            let isReached = Mutex(false)
            let store = ReadProbe(base: bench.store) { count throws(StoreError) in
                guard count == limit else { return }
                isReached.withLock { $0 = true }
                do {
                    // The way of a compromise: a rotation would only go on.
                    let id = try await bench.vault.sealing(.fingerprint).key.id
                    try await bench.vault.compromise(id)
                } catch {
                    throw StoreError(.failed)
                }
            }
            let vault = try await bench.opened(over: store)
            store.begin()
            do {
                try await vault.resealed()
            } catch let error as VaultError {
                #expect(error.store?.code == .busy)
            }
            guard isReached.withLock({ $0 }) else { break }
            try await cards.expectKept(in: bench.scope(), "read \(number)")
            try await bench.vault.resealed()
            try await cards.expectKept(in: bench.scope(), "read \(number)")
            #expect(try bench.rowCount("fingerprints") == 3, "read \(number)")
        }
        #expect(number > 5)
    }
}

/// A store that does something before each read, counted from when it is told to begin.
final class ReadProbe: ForwardingStore {
    let base: any VaultStore
    private let hook: @Sendable (Int) async throws(StoreError) -> Void
    private let count = Mutex<Int?>(nil)

    init(
        base: any VaultStore,
        before hook: @escaping @Sendable (Int) async throws(StoreError) -> Void
    ) {
        self.base = base
        self.hook = hook
    }

    func begin() { count.withLock { $0 = 0 } }

    func read<R: Sendable>(
        _ body: (any StoreReader) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        let number = count.withLock { count in
            count = count.map { $0 + 1 }
            return count
        }
        if let number { try await hook(number) }
        return try await base.read(body)
    }

    func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try await base.write(body)
    }
}
