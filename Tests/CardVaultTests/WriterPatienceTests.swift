// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import Synchronization
internal import Testing

/// A disk that does not answer.
@Suite("Patience") struct WriterPatienceTests {
    /// A writer over a store whose first transaction is held back.
    private struct Stalled {
        let store = StoreProbe(MemoryStore())
        let writer: LoglessWriter
        let arrived = Gate()
        let gate = Gate()

        init(patience: Duration) throws {
            writer = try Writer.logless(store, patience: patience)
            let (arrived, gate) = (arrived, gate)
            store.beforeWrite { count in
                guard count == 1 else { return }
                await arrived.open()
                await gate.wait()
            }
        }
    }

    @Test func `of a deed at work ends, though it may become durable`() async throws {
        let stalled = try Stalled(patience: .milliseconds(20))
        let card = try StoreSamples.card(1)
        // On a busy machine patience may end before the deed is at work.
        repeat {
            let error = await storeRefusal {
                try await stalled.writer.write(isImpatient: true) {
                    transaction throws(StoreError) in
                    _ = try transaction.insert([card])
                }
            }
            #expect(error == StoreError(.stalled))
        } while stalled.store.writeCount == 0
        await stalled.gate.open()
        // The next deed finds the line in order.
        try await stalled.writer.write { _ in }
        #expect(try await stalled.store.card(card.record.token) == card.record)
    }

    @Test func `of a deed that waits ends, and it is never run`() async throws {
        let stalled = try Stalled(patience: .milliseconds(20))
        let first = Task { try await stalled.writer.write { _ in } }
        await stalled.arrived.wait()
        let isRun = Mutex(false)
        let error = await storeRefusal {
            try await stalled.writer.write(isImpatient: true) { _ in isRun.withLock { $0 = true } }
        }
        #expect(error == StoreError(.stalled))
        #expect(stalled.writer.waitingCount == 0)
        await stalled.gate.open()
        try await first.value
        try await stalled.writer.write { _ in }
        #expect(!isRun.withLock { $0 })
    }

    @Test func `is without end where nothing is to be revealed`() async throws {
        let stalled = try Stalled(patience: .milliseconds(1))
        let patient = Task { try await stalled.writer.write { _ in 7 } }
        await stalled.arrived.wait()
        // Several that give up one after the other, each later than the patience.
        for _ in 0..<5 {
            let error = await storeRefusal {
                try await stalled.writer.write(isImpatient: true) { _ in }
            }
            #expect(error == StoreError(.stalled))
        }
        await stalled.gate.open()
        #expect(try await patient.value == 7)
    }

    @Test func `ends for all that wait`() async throws {
        let stalled = try Stalled(patience: .milliseconds(20))
        let errors = await withTaskGroup(of: StoreError?.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    await storeRefusal {
                        try await stalled.writer.write(isImpatient: true) { _ in }
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors == [StoreError?](repeating: StoreError(.stalled), count: 40))
        await stalled.gate.open()
        try await stalled.writer.write { _ in }
    }

    @Test func `is not tried by a disk that answers`() async throws {
        let writer = try Writer.logless(MemoryStore(), patience: .seconds(600))
        for index in 0..<100 {
            #expect(try await writer.write(isImpatient: true) { _ in index } == index)
        }
    }

    /// The store of a writer that wrote and was dropped.
    private struct Dropped {
        weak var store: StoreProbe?

        init() async throws {
            let store = StoreProbe(MemoryStore())
            let writer = try Writer.logless(store, patience: .seconds(600))
            try await writer.write(isImpatient: true) { _ in }
            self.store = store
        }
    }

    @Test func `keeps no store whose writer is gone`() async throws {
        let dropped = try await Dropped()
        // The tasks that committed and watched may still be on their way out.
        let end = ContinuousClock.now + .seconds(60)
        while dropped.store != nil, .now < end { try await Task.sleep(for: .milliseconds(1)) }
        #expect(dropped.store == nil)
    }
}
