// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import Synchronization
internal import Testing

@Suite("Writer") struct WriterTests {
    /// A writer whose first transaction is held back until as many deeds wait as were given to it.
    private struct Held {
        let store: StoreProbe
        let writer: LoglessWriter
        let gate = Gate()
        let first: Task<Void, any Error>

        init(over base: any VaultStore = MemoryStore()) async throws {
            let store = StoreProbe(base)
            let (arrived, gate) = (Gate(), gate)
            store.beforeWrite { count in
                guard count == 1 else { return }
                await arrived.open()
                await gate.wait()
            }
            let writer = try Writer.logless(store)
            first = Task { try await writer.write { _ in } }
            await arrived.wait()
            self.store = store
            self.writer = writer
        }

        /// Lets the first transaction go once `count` deeds wait.
        func release(_ count: Int) async throws {
            while writer.waitingCount < count { await Task.yield() }
            await gate.open()
            try await first.value
        }
    }

    private struct Outcome: Sendable {
        let index: Int
        let error: StoreError?
    }

    /// What became of deeds that were joined into one transaction.
    private func join(
        _ count: Int, in held: Held,
        _ deed: @escaping @Sendable (Int, any StoreTransaction) throws(StoreError) -> Void
    ) async throws -> [StoreError?] {
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            for index in 0..<count {
                group.addTask {
                    let error = await storeRefusal {
                        try await held.writer.write { transaction throws(StoreError) in
                            try deed(index, transaction)
                        }
                    }
                    return Outcome(index: index, error: error)
                }
            }
            try await held.release(count)
            var errors = [StoreError?](repeating: nil, count: count)
            for try await outcome in group { errors[outcome.index] = outcome.error }
            return errors
        }
    }

    private func cards(_ count: Int) throws -> [NewCard] {
        try (0..<count).map { try StoreSamples.card($0) }
    }

    @Test func `joins what waits into one transaction`() async throws {
        let (held, cards) = (try await Held(), try cards(63))
        let errors = try await join(63, in: held) { index, transaction throws(StoreError) in
            _ = try transaction.insert([cards[index]])
        }
        #expect(errors.allSatisfy { $0 == nil })
        #expect(held.store.writeCount == 2)
        for card in cards {
            #expect(try await held.store.card(card.record.token) == card.record)
        }
    }

    @Test func `joins no more than its limit`() async throws {
        let held = try await Held()
        let errors = try await join(Writer.joinLimit + 1, in: held) { _, _ in }
        #expect(errors.allSatisfy { $0 == nil })
        #expect(held.store.writeCount == 3)
    }

    @Test func `lets no deed fail the others`() async throws {
        let (held, cards) = (try await Held(), try cards(20))
        let errors = try await join(20, in: held) { index, transaction throws(StoreError) in
            _ = try transaction.insert([cards[index]])
            if index % 7 == 0 { throw StoreError(.corrupt, systemCode: Int32(index)) }
        }
        // The first, the joined one, and each alone.
        #expect(held.store.writeCount == 1 + 1 + 20)
        for (index, card) in cards.enumerated() {
            let failed = index % 7 == 0
            let error = failed ? StoreError(.corrupt, systemCode: Int32(index)) : nil
            #expect(errors[index] == error)
            #expect(try await held.store.card(card.record.token) == (failed ? nil : card.record))
        }
    }

    @Test func `fails all where the store does not begin, and asks it once`() async throws {
        let (held, cards) = (try await Held(), try cards(5))
        let gate = held.gate
        let waiting = Task {
            try await join(5, in: held) { index, transaction throws(StoreError) in
                _ = try transaction.insert([cards[index]])
            }
        }
        while held.writer.waitingCount < 5 { await Task.yield() }
        held.store.beforeWrite { _ throws(StoreError) in throw StoreError(.busy) }
        await gate.open()
        let errors = try await waiting.value
        #expect(errors == [StoreError?](repeating: StoreError(.busy), count: 5))
        #expect(held.store.writeCount == 1)
        for card in cards {
            #expect(try await held.store.card(card.record.token) == nil)
        }
    }

    @Test func `runs a deed that fails alone once`() async throws {
        let store = StoreProbe(MemoryStore())
        let writer = try Writer.logless(store)
        let error = await storeRefusal {
            try await writer.write { _ throws(StoreError) in throw StoreError(.full) }
        }
        #expect(error == StoreError(.full))
        #expect(store.writeCount == 1)
    }

    @Test func `gives each its own answer`() async throws {
        let writer = try Writer.logless(MemoryStore())
        let sum = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<300 {
                group.addTask { try await writer.write { _ in index } == index }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(sum == 300)
    }

    @Test(arguments: StoreKind.allCases)
    func `of a vault commits less often than it is called`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let store = StoreProbe(bench.store)
        let vault = try await Vault(keyring: bench.keyring, store: store, patience: Bench.patience)
        let scope = try await vault.scope("default")
        store.beforeWrite { _ in }
        let cards = try await withThrowingTaskGroup(of: Card.self) { group in
            for index in 0..<64 {
                group.addTask { try await scope.tokenize(Cards.numbered(index)) }
            }
            var cards: [Card] = []
            for try await card in group { cards.append(card) }
            return cards
        }
        #expect(Set(cards.map(\.token)).count == 64)
        #expect(store.writeCount < 64)
    }

    @Test func `of a vault tells every caller that the store failed`() async throws {
        let bench = try await Bench()
        let store = StoreProbe(bench.store)
        let vault = try await Vault(keyring: bench.keyring, store: store, patience: Bench.patience)
        let scope = try await vault.scope("default")
        store.beforeWrite { _ throws(StoreError) in throw StoreError(.full, systemCode: 13) }
        let errors = await withTaskGroup(of: VaultError?.self) { group in
            for index in 0..<32 {
                group.addTask { await refusal { try await scope.tokenize(Cards.numbered(index)) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors.count == 32)
        let full = VaultError(store: StoreError(.full, systemCode: 13))
        #expect(errors.allSatisfy { $0 == full })
        #expect(full.systemCode == 13)
        #expect(try bench.rowCount("cards") == 0)
        #expect(try bench.rowCount("fingerprints") == 0)
    }
}

/// A writer whose deeds put nothing on record.
struct LoglessWriter: Sendable {
    let writer: Writer
    let keys: AuditKeys

    var waitingCount: Int { writer.waitingCount }

    func write<R: Sendable>(
        isImpatient: Bool = false,
        _ body: @escaping @Sendable (any StoreTransaction) throws(StoreError) -> R
    ) async throws -> R {
        do throws(WriteError) {
            return try await writer.write(under: keys, isImpatient: isImpatient) {
                transaction, _ throws(StoreError) in try body(transaction)
            }
        } catch {
            guard case .store(let failure) = error else { throw error }
            throw failure
        }
    }
}

extension Writer {
    /// A writer over a store of no vault.
    static func logless(
        _ store: any VaultStore, patience: Duration = .seconds(10)
    ) throws -> LoglessWriter {
        let writer = Writer(
            store: store, caller: try Caller("test", from: nil), patience: patience,
            now: Timestamp.now)
        return LoglessWriter(writer: writer, keys: try AuditKeys.generate())
    }
}
