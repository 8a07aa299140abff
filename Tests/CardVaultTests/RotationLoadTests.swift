// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
internal import Foundation
internal import Synchronization
internal import TestSupport
internal import Testing

/// A fingerprint key is replaced while known and new cards come in.
///
/// `CARD_VAULT_CARDS` says how many cards lie there, 20,000 where it is not set.
@Suite("Fingerprint rotation under load") struct RotationLoadTests {
    private static let cardCount =
        ProcessInfo.processInfo.environment["CARD_VAULT_CARDS"].flatMap { Int($0) } ?? 20_000
    private static let taskCount = 4

    /// What the tasks have seen.
    private struct Tally: Sendable {
        var knownCount = 0
        var newCount = 0
        var duplicates: [Int] = []
        var misses: [Int] = []
        var tokens: [Int: Token] = [:]
    }

    @Test func `gives no card a second token, and misses none`() async throws {
        let bench = try await Bench()
        let scope = try await bench.scope()
        var known: [Token] = []
        for run in stride(from: 0, to: Self.cardCount, by: 2_048) {
            let rows = run..<min(run + 2_048, Self.cardCount)
            known += try await scope.tokenize(Cards.batch(rows)).map { try $0.get().token }
        }
        let end = Flag()
        let begin = ContinuousClock.now
        let tokens = known
        let (progress, tallies) = try await withThrowingTaskGroup(of: Tally.self) { group in
            for task in 0..<Self.taskCount {
                // Half of them are another process.
                let scope = try await task < 2 ? scope : bench.opened().scope("default")
                group.addTask {
                    try await Self.work(task, scope, tokens, until: end)
                }
            }
            let rotation = try await bench.vault.rotated(.fingerprint)
            let progress = try await bench.vault.resealed()
            #expect(progress.ended == [rotation.old])
            end.raise()
            var tallies: [Tally] = []
            for try await tally in group { tallies.append(tally) }
            return (progress, tallies)
        }
        let took = begin.duration(to: .now)
        #expect(tallies.allSatisfy { $0.duplicates.isEmpty })
        #expect(tallies.allSatisfy { $0.misses.isEmpty })
        #expect(tallies.allSatisfy { $0.knownCount > 0 && $0.newCount > 0 })
        #expect(progress.duplicateCount == 0 && progress.unreadableCount == 0)
        #expect(progress.indexedCount >= Self.cardCount)
        let newCount = tallies.map(\.newCount).reduce(0, +)
        let knownCount = tallies.map(\.knownCount).reduce(0, +)
        #expect(try bench.rowCount("cards") == Int64(Self.cardCount + newCount))
        #expect(try bench.rowCount("fingerprints") == Int64(Self.cardCount + newCount))
        print(
            "\(Self.cardCount) cards, \(knownCount) known and \(newCount) new meanwhile, \(took)")
        for tally in tallies {
            for (index, token) in tally.tokens {
                #expect(try await scope.find(Cards.numbered(index))?.token == token)
            }
        }
    }

    /// Asks for known cards and stores new ones until it is over, and for a while after it.
    private static func work(
        _ task: Int, _ scope: Scope, _ known: [Token], until end: Flag
    ) async throws -> Tally {
        var random = SeededRandom(seed: UInt64(task))
        var tally = Tally()
        var left = 20
        while left > 0 {
            if end.isUp { left -= 1 }
            let index = Int.random(in: known.indices, using: &random)
            let card = try await scope.tokenize(Cards.numbered(index))
            if card.isNew || card.token != known[index] { tally.duplicates.append(index) }
            let other = Int.random(in: known.indices, using: &random)
            let found = try await scope.find(Cards.numbered(other))
            if found?.token != known[other] { tally.misses.append(other) }
            tally.knownCount += 2
            let new = known.count + taskCount * tally.newCount + task
            let stored = try await scope.tokenize(Cards.numbered(new))
            if !stored.isNew { tally.duplicates.append(new) }
            tally.tokens[new] = stored.token
            if try await scope.find(Cards.numbered(new))?.token != stored.token {
                tally.misses.append(new)
            }
            tally.newCount += 1
        }
        return tally
    }
}

/// A sign to other tasks.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isUp: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}
