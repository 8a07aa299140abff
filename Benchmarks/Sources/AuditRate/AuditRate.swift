// SPDX-License-Identifier: Apache-2.0
import CardVault
import Foundation
import Workbench

// audit-rate [ROUNDS]: detokenizes with an entry of the audit log for each answer, beside the same
// without (a record verified and shown, nothing of it revealed) and beside bare SQLite doing the
// same reads and one durable insert for as many reads as there are tasks. All in one run, round by
// round; medians, and ratios of medians.

/// Seconds of each round.
struct Runs {
    var audited: [Double] = []
    var shown: [Double] = []
    var bare: [Double] = []
    var bareApart: [Double] = []

    func report(_ taskCount: Int) {
        func rate(_ seconds: [Double]) -> Int { Int(Double(AuditRate.readCount) / median(seconds)) }
        print("detokenize, \(taskCount) tasks: \(rate(audited)) a second")
        print("  without the log: \(rate(shown)) a second")
        print("  bare SQLite, one durable insert for \(taskCount): \(rate(bare)) a second")
        print("  the same, reads on a connection of their own: \(rate(bareApart)) a second")
        print("  ratio to bare SQLite: \(median(bare) / median(audited))")
        print("  ratio, reads on a connection of their own: \(median(bareApart) / median(audited))")
    }
}

@main
struct AuditRate {
    static let cardCount = 20_000
    static let readCount = 1_600
    static let batchCount = 1_000

    static func main() async throws {
        let rounds = argument(1, or: 9)
        let demo = try await DemoVault()
        let scope = demo.scope
        let bare = try BareStore()
        bare.insert(cardCount)
        let tokens = try await demo.storedTokens(cardCount)
        let bareTokens = bare.tokens.shuffled()

        for taskCount in [1, 4, 16] {
            var runs = Runs()
            for _ in 0..<rounds {
                runs.audited.append(
                    try await time(tokens, taskCount) { token in
                        _ = try await scope.detokenize(token, purpose: "test").digitCount
                    })
                runs.shown.append(
                    try await time(tokens, taskCount) { token in
                        _ = try await scope.describe(token).isNew
                    })
                runs.bare.append(
                    seconds {
                        for (index, token) in bareTokens.prefix(readCount).enumerated() {
                            _ = bare.box(token)
                            if index % taskCount == taskCount - 1 { bare.record() }
                        }
                    })
                runs.bareApart.append(
                    seconds {
                        for (index, token) in bareTokens.prefix(readCount).enumerated() {
                            _ = bare.boxApart(token)
                            if index % taskCount == taskCount - 1 { bare.record() }
                        }
                    })
            }
            runs.report(taskCount)
        }
        try await batches(rounds, demo, tokens, bare, bareTokens)
    }

    static func batches(
        _ rounds: Int, _ demo: DemoVault, _ tokens: [Token], _ bare: BareStore,
        _ bareTokens: [[UInt8]]
    ) async throws {
        var (audited, plain, apart): ([Double], [Double], [Double]) = ([], [], [])
        for round in 0..<(rounds * 4) {
            let start = round * batchCount % (cardCount - batchCount)
            let asked = Array(tokens[start..<(start + batchCount)])
            let begin = ContinuousClock.now
            let batch = try await demo.scope.detokenize(asked, purpose: "test")
            audited.append((.now - begin) / .seconds(1))
            precondition(batch.count == batchCount && batch.failure(at: 0) == nil)
            let wanted = bareTokens[start..<(start + batchCount)]
            plain.append(
                seconds {
                    bare.read { for token in wanted { _ = bare.box(token) } }
                    bare.record(byteCount: 17_200)
                })
            apart.append(
                seconds {
                    for token in wanted { _ = bare.box(token) }
                    bare.record(byteCount: 17_200)
                })
        }
        print("batch of \(batchCount), one entry: \(median(audited) * 1000) ms")
        print("  bare SQLite, in one read transaction: \(median(plain) * 1000) ms")
        print("  bare SQLite, each read alone: \(median(apart) * 1000) ms")
        print("  times bare SQLite in one transaction: \(median(audited) / median(plain))")
        print("  times bare SQLite, each read alone: \(median(audited) / median(apart))")
    }

    /// Seconds until every task has called `body` for its share of the tokens.
    static func time(
        _ tokens: [Token], _ taskCount: Int,
        _ body: @escaping @Sendable (Token) async throws -> Void
    ) async throws -> Double {
        let share = readCount / taskCount
        let begin = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<taskCount {
                let mine = tokens[(task * share)..<((task + 1) * share)]
                group.addTask { for token in mine { try await body(token) } }
            }
            try await group.waitForAll()
        }
        return (.now - begin) / .seconds(1)
    }

    static func seconds(_ body: () -> Void) -> Double {
        let begin = ContinuousClock.now
        body()
        return (.now - begin) / .seconds(1)
    }
}
