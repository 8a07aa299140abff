// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Synchronization
internal import Testing

@Suite("Record before answer") struct AuditDurabilityTests {
    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    /// A deed that is held back before its entry is durable.
    @Test(arguments: RevealingDeed.allCases)
    func `gives no answer while the entry is being written`(_ deed: RevealingDeed) async throws {
        let desk = try await AuditDesk()
        let (arrived, gate) = (Gate(), Gate())
        let entryCount = try await desk.bench.store.events().count
        desk.probe.beforeWrite { count in
            guard count == deed.earlierWriteCount + 1 else { return }
            await arrived.open()
            await gate.wait()
        }
        let flag = Flag()
        let answer = Task {
            defer { flag.isSet.store(true, ordering: .releasing) }
            return try await desk.reveal(by: deed)
        }
        await arrived.wait()
        for _ in 0..<1_000 { await Task.yield() }
        let isAnswered = flag.isSet.load(ordering: .acquiring)
        #expect(!isAnswered)
        #expect(try await desk.bench.store.events().count == entryCount)
        await gate.open()
        #expect(try await answer.value)
        #expect(try await desk.bench.store.events().count > entryCount)
    }

    /// Another connection to the file sees what is committed, and nothing else.
    @Test(arguments: RevealingDeed.allCases)
    func `shows the entry to others before it answers`(_ deed: RevealingDeed) async throws {
        let desk = try await AuditDesk()
        let others = try desk.bench.intruder()
        let before = try others.integers("SELECT max(sequence) FROM audit")[0]
        #expect(try await desk.reveal(by: deed))
        let entries = try others.blobs("SELECT entry FROM audit WHERE sequence > \(before)")
        let events = try entries.map { try #require(AuditEntry(bytes: $0)).event }
        #expect(events.contains { $0.actor == "alice" && !$0.action.rawValue.isEmpty })
        let heads = try others.integers("SELECT sequence FROM audit_heads")
        #expect(heads == [before + Int64(entries.count)])
    }

    /// What fails the entry fails the deed, and what fails the head fails both.
    @Test(arguments: ["audit", "audit_heads"])
    func `is one transaction with the deed`(table: String) async throws {
        let desk = try await AuditDesk()
        let (bench, scope) = (desk.bench, desk.scope)
        let mortal = try await scope.tokenize(PAN(Cards.amex), for: .seconds(600))
        let before = try await bench.store.card(mortal.token)
        let log = try await bench.store.auditLog()
        for operation in ["INSERT", "UPDATE"] {
            try bench.tamper(
                "CREATE TRIGGER stop_\(operation) BEFORE \(operation) ON \(table) "
                    + "BEGIN SELECT RAISE(ABORT, 'no'); END")
        }
        let codes = [
            await code { try await scope.delete(desk.token) },
            await code { try await scope.extend(mortal.token, until: moment(1 << 47)) },
            await code {
                try await scope.hold(Track2(AuditDesk.track.utf8.span), for: .seconds(86_400))
            },
            await code { try await scope.tokenize(PAN(Cards.visa)) },
            await code { try await desk.reveal(by: .redeem) },
            await code { try await desk.reveal(by: .tokenizeHeld) },
            await code { try await desk.vault.addScope(#require(ScopeID("acme"))) },
        ]
        #expect(codes == [VaultError.Code?](repeating: .store, count: 7))
        try bench.tamper("DROP TRIGGER stop_INSERT; DROP TRIGGER stop_UPDATE")

        #expect(try await bench.store.card(desk.token) != nil)
        #expect(try await bench.store.card(mortal.token) == before)
        #expect(try bench.rowCount("cards") == 2)
        #expect(try bench.rowCount("holds") == 1)
        #expect(try bench.rowCount("key_sets") == 2)
        let after = try await bench.store.auditLog()
        #expect(after.entries == log.entries && after.head == log.head)
        #expect(try await desk.reveal(by: .redeem))
        #expect(try await bench.isLogSound())
    }

    @Test func `is one transaction with what is swept`() async throws {
        let clock = Clock(at: 1_900_000_000_000)
        let bench = try await Bench(now: clock.read)
        let scope = try await bench.scope()
        _ = try await scope.tokenize(PAN(Cards.visa), for: .seconds(1))
        clock.advance(by: .seconds(60))
        try bench.tamper(
            "CREATE TRIGGER stop BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END")
        #expect(await code { try await bench.vault.sweep() } == .store)
        // A sweep that fails keeps nobody from writing, and removes nothing.
        _ = try await scope.tokenize(PAN(Cards.amex))
        #expect(try bench.rowCount("cards") == 2)
        try bench.tamper("DROP TRIGGER stop")
        #expect(try await bench.vault.sweep().cardCount == 1)
        #expect(try await bench.isLogSound())
    }

    /// Joined deeds share a transaction and a head; one that fails takes no entry of another along.
    @Test func `keeps the entries of joined deeds apart`() async throws {
        let bench = try await Bench()
        let keys = try await bench.vault.vaultKeys().audit
        let probe = StoreProbe(bench.store)
        let (arrived, gate) = (Gate(), Gate())
        let writer = Writer(
            store: probe, caller: try AuditSamples.caller(), now: Timestamp.now)
        probe.beforeWrite { count in
            guard count == 1 else { return }
            await arrived.open()
            await gate.wait()
        }
        let events = try (0..<20).map { try AuditSamples.event($0) }
        let before = try await bench.store.events().count
        let first = Task { try await writer.write(under: keys) { _, _ in } }
        await arrived.wait()
        let failedCount = try await withThrowingTaskGroup(of: Bool.self) { group in
            for (index, event) in events.enumerated() {
                group.addTask {
                    do {
                        try await writer.write(under: keys) { _, pen throws(StoreError) in
                            try pen.append([event])
                            if index % 5 == 0 { throw StoreError(.failed) }
                        }
                        return false
                    } catch {
                        return true
                    }
                }
            }
            while writer.waitingCount < events.count { await Task.yield() }
            await gate.open()
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        try await first.value
        #expect(failedCount == 4)
        let written = try await bench.store.events().dropFirst(before)
        #expect(written.count == 16)
        #expect(Set(written) == Set(events.indices.filter { $0 % 5 != 0 }.map { events[$0] }))
        #expect(try await bench.isLogSound())
    }
}
