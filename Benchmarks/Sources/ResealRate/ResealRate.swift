// SPDX-License-Identifier: Apache-2.0
import CardVault
import Workbench

// reseal-rate [CARDS] [ROUNDS]: rotates a data key and reseals every card under it, on one thread
// and on two, beside bare SQLite that walks a copy of the same file in pages of the same size and
// gives every row other bytes. All in one run, round by round; medians, and ratios of medians.

@main
struct ResealRate {
    static func main() async throws {
        let cardCount = argument(1, or: 200_000)
        let rounds = argument(2, or: 3)
        let demo = try await DemoVault()
        try await demo.fill(cardCount)
        let pageCount = try await pageCount(of: demo)
        let bare = try BareReseal(copying: demo.storePath, pageCount: pageCount)
        var (one, two, plain) = (Runs(cardCount), Runs(cardCount), Runs(cardCount))
        for _ in 0..<rounds {
            plain.measure {
                let count = bare.run()
                precondition(count == cardCount)
            }
            bare.checkpoint()
            try await reseal(demo, threadCount: 1, cardCount, &one)
            try await reseal(demo, threadCount: 2, cardCount, &two)
        }
        print("\(cardCount) cards, \(pageCount) a transaction, medians of \(rounds) rounds")
        print("bare SQLite: \(plain)")
        for (name, runs, goal) in [("1 thread", one, 0.65), ("2 threads", two, 0.85)] {
            let ratio = hundredths(runs.rate / plain.rate)
            let verdict = ratio >= goal ? "met" : "missed"
            print("reseal, \(name): \(runs), ratio \(ratio); goal \(goal): \(verdict)")
            print("  memory, KiB more than before at 10 % and 100 %: \(runs.peaks)")
        }
    }

    /// How many cards the vault takes at a time.
    static func pageCount(of demo: DemoVault) async throws -> Int {
        var options = ResealOptions()
        options.isDryRun = true
        for try await progress in demo.vault.reseal(options) { return progress.walkedCount }
        preconditionFailure("a store without cards")
    }

    static func reseal(
        _ demo: DemoVault, threadCount: Int, _ cardCount: Int, _ runs: inout Runs
    ) async throws {
        _ = try await demo.vault.rotate(.data, of: demo.scope.id)
        var options = ResealOptions()
        options.threadCount = threadCount
        let reseal = demo.vault.reseal(options)
        Memory.forgetPeak()
        let before = Memory.peakKiB
        var (tenth, resealedCount) = (0, 0)
        try await runs.measure {
            for try await progress in reseal {
                resealedCount = progress.resealedCount
                if tenth == 0 && progress.walkedCount * 10 >= cardCount {
                    tenth = Memory.peakKiB - before
                }
            }
        }
        precondition(resealedCount == cardCount)
        runs.peaks.append([tenth, Memory.peakKiB - before])
        try await demo.store.checkpoint()
    }
}
