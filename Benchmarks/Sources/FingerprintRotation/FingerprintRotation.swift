// SPDX-License-Identifier: Apache-2.0
import CardVault
import Workbench

// fingerprint-rotation [CARDS]: rotates a fingerprint key and gives every card a search row of the
// new one, while four tasks tokenize known cards, tokenize new ones (each of them twice, by two
// tasks) and find known ones. Counts the cards that got a second token, and those that a search
// missed: both must be 0. Exits with 1 where they are not.

@main
struct FingerprintRotation {
    static func main() async throws {
        let cardCount = argument(1, or: 50_000)
        let demo = try await DemoVault()
        let (vault, scope) = (demo.vault, demo.scope.id)
        let crowd = Crowd(demo.scope, known: try await fill(demo, cardCount))
        let begin = ContinuousClock.now
        let ended = try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 { group.addTask { try await crowd.work(as: task) } }
            let ended = try await rotate(vault, scope)
            crowd.stop()
            try await group.waitForAll()
            return ended
        }
        let seconds = (.now - begin) / .seconds(1)
        try await crowd.findAll()
        let report = crowd.report
        let stored = try await storedCount(vault)
        let extra = stored - cardCount - report.newCount
        print("\(cardCount) known cards, \(report.newCount) new ones, \(seconds) s")
        print("tokenized meanwhile: \(report.tokenizedCount); found: \(report.foundCount)")
        print("fingerprint keys ended: \(ended)")
        print("duplicates: \(report.duplicateCount + extra)")
        print("missed finds: \(report.missedCount)")
        guard report.duplicateCount + extra == 0, report.missedCount == 0, ended == 1 else {
            preconditionFailure("a card has two tokens, or a search missed one")
        }
    }

    /// The tokens of so many cards, by their serial numbers.
    static func fill(_ demo: DemoVault, _ count: Int) async throws -> [Token] {
        var tokens: [Token] = []
        while tokens.count < count {
            let batch = try demo.nextBatch(min(20_000, count - tokens.count))
            for result in try await demo.scope.tokenize(batch) {
                tokens.append(try result.get().token)
            }
        }
        return tokens
    }

    /// Rotates the key and walks every card; returns how many keys ended.
    static func rotate(_ vault: Vault, _ scope: ScopeID) async throws -> Int {
        _ = try await vault.rotate(.fingerprint, of: scope)
        var ended = 0
        for try await progress in vault.reseal() { ended = progress.ended.count }
        return ended
    }

    static func storedCount(_ vault: Vault) async throws -> Int {
        var options = ResealOptions()
        options.isDryRun = true
        for try await progress in vault.reseal(options) { return progress.totalCount }
        return 0
    }
}
