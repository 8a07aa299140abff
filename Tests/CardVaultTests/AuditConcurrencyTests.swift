// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Testing

@Suite("Audit log under load") struct AuditConcurrencyTests {
    private static let taskCount = 16
    private static let callCount = 20

    /// Detokenizes in many tasks; returns how often a number was given back.
    private func detokenize(
        _ vaults: [Vault], _ tokens: [Token], taskCount: Int = taskCount
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<taskCount {
                group.addTask {
                    let scope = try await vaults[task % vaults.count].scope(
                        "default", as: "task \(task)")
                    var count = 0
                    for call in 0..<Self.callCount {
                        let index = (task * 7 + call) % tokens.count
                        let pan = try await scope.detokenize(tokens[index], purpose: "call \(call)")
                        if digits(pan) == Cards.text(index) { count += 1 }
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
    }

    /// Each call is on record once, and the calls of a task in their order.
    private func expectEach(_ events: [AuditEvent], taskCount: Int = taskCount) {
        #expect(events.count == taskCount * Self.callCount)
        let calls = Dictionary(grouping: events, by: \.actor)
        #expect(calls.count == taskCount)
        for (_, events) in calls {
            #expect(events.map(\.purpose) == (0..<Self.callCount).map { "call \($0)" })
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `has each answer of 16 tasks once`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let results = try await bench.scope().tokenize(Cards.batch(0..<50))
        let tokens = try results.map { try $0.get().token }
        var answerCount = 0
        let events = try await bench.recorded {
            answerCount = try await detokenize([bench.vault], tokens)
        }
        #expect(answerCount == Self.taskCount * Self.callCount)
        expectEach(events)
        #expect(try await bench.isLogSound())
    }

    @Test func `has each answer of four processes once`() async throws {
        let bench = try await Bench()
        let results = try await bench.scope().tokenize(Cards.batch(0..<50))
        let tokens = try results.map { try $0.get().token }
        var vaults: [Vault] = []
        for _ in 0..<4 { vaults.append(try await bench.opened()) }
        var answerCount = 0
        let events = try await bench.recorded {
            answerCount = try await detokenize(vaults, tokens)
        }
        #expect(answerCount == Self.taskCount * Self.callCount)
        expectEach(events)
        #expect(try await bench.isLogSound())
    }

    /// As if each transaction came from a process of its own.
    @Test func `needs nothing that a process remembers`() async throws {
        let bench = try await Bench()
        let results = try await bench.scope().tokenize(Cards.batch(0..<50))
        let tokens = try results.map { try $0.get().token }
        let path = bench.storePath
        let store = ReopeningStore { () throws(StoreError) in try SQLiteStore(path: path) }
        let vaults = [try await bench.opened(over: store), try await bench.opened(over: store)]
        var answerCount = 0
        let events = try await bench.recorded {
            answerCount = try await detokenize(vaults, tokens, taskCount: 4)
        }
        #expect(answerCount == 4 * Self.callCount)
        expectEach(events, taskCount: 4)
        #expect(try await bench.isLogSound())
    }

    /// Deeds of all kinds, archives among them, from two processes.
    @Test func `stays whole under deeds of all kinds`() async throws {
        let bench = try await Bench()
        let vaults = [bench.vault, try await bench.opened()]
        let token = try await bench.scope().tokenize(PAN(Cards.visa)).token
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                let vault = vaults[task % 2]
                group.addTask {
                    let scope = try await vault.scope("default", as: "task \(task)")
                    for call in 0..<10 {
                        let card = try await scope.tokenize(Cards.numbered(task * 10 + call))
                        _ = try await scope.find(Cards.batch(0..<5))
                        _ = try await scope.detokenize(card.token, purpose: "load")
                        _ = await code { try await scope.detokenize(token, purpose: "") }
                        if call.isMultiple(of: 3) { try await scope.delete(card.token) }
                        if call == 5 { _ = try await vault.auditAnchor() }
                    }
                }
            }
            group.addTask {
                for _ in 0..<5 {
                    _ = try await vaults[1].archiveAudit(before: .now()) { _ in
                    } commit: {
                    }
                }
            }
            try await group.waitForAll()
        }
        let verdict = try await bench.verdict()
        #expect(verdict.fault == nil && verdict.isComplete)
        #expect(verdict.last > 8 * 10 * 3)
    }
}
