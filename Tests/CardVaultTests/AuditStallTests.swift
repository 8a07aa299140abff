// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import Testing

/// A disk that does not answer.
@Suite("Record on a stalled disk") struct AuditStallTests {
    private let stalled = VaultError(store: StoreError(.stalled))

    /// Why a write was refused; nil when it was not.
    private func refusal(_ body: () async throws(WriteError) -> Void) async -> StoreError? {
        do throws(WriteError) {
            try await body()
            return nil
        } catch {
            guard case .store(let error) = error else { return StoreError(.failed) }
            return error
        }
    }

    @Test func `ends the wait of what would reveal something, and of nothing else`() async throws {
        let bench = try await Bench()
        let keys = try await bench.vault.vaultKeys().audit
        let (probe, gate) = (StoreProbe(bench.store), Gate())
        let writer = Writer(
            store: probe, caller: try AuditSamples.caller(), patience: .milliseconds(20),
            now: Timestamp.now)
        probe.beforeWrite { _ in await gate.wait() }
        let before = try await bench.store.events().count
        let events = try (0..<8).map { try AuditSamples.event($0) }
        let patient = Task {
            try await writer.write(under: keys) { _, pen throws(StoreError) in
                try pen.append([events[0]])
            }
        }
        let errors = await withTaskGroup(of: StoreError?.self) { group in
            for event in events.dropFirst() {
                group.addTask {
                    await refusal { () throws(WriteError) in
                        try await writer.write(under: keys, isImpatient: true) {
                            _, pen throws(StoreError) in
                            try pen.append([event])
                        }
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors == [StoreError?](repeating: StoreError(.stalled), count: 7))
        #expect(try await bench.store.events().count == before)
        await gate.open()
        try await patient.value
        let last = try AuditSamples.event(9)
        try await writer.write(under: keys) { _, pen throws(StoreError) in
            try pen.append([last])
        }
        // Of those that gave up, the ones that the transaction had taken are in it.
        let written = Array(try await bench.store.events().dropFirst(before))
        #expect(written.contains(events[0]) && written.last == last)
        #expect(written.count <= 9 && Set(written).count == written.count)
        #expect(try await bench.isLogSound())
    }

    @Test func `reveals nothing, and goes on when the disk does`() async throws {
        let desk = try await AuditDesk(patience: .seconds(3))
        let gate = Gate()
        let before = try await desk.bench.store.events().count
        desk.probe.beforeWrite { _ in await gate.wait() }
        let waiting = Task { try await desk.scope.tokenize(PAN(Cards.amex)) }
        let deeds = RevealingDeed.allCases.filter { $0.earlierWriteCount == 0 }
        let refusals = await withTaskGroup(of: VaultError?.self) { group in
            for deed in deeds { group.addTask { await desk.refusal(of: deed) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(refusals.count == 6)
        #expect(refusals.allSatisfy { $0 == stalled })
        #expect(try await desk.bench.store.events().count == before)
        await gate.open()
        #expect(try await waiting.value.isNew)
        // On a busy machine a call may wait for longer than the vault has patience.
        var refusal: VaultError? = stalled
        for _ in 0..<100 where refusal == stalled {
            refusal = await desk.refusal(of: .detokenize)
        }
        #expect(refusal == nil)
        #expect(try await desk.bench.isLogSound())
    }
}
