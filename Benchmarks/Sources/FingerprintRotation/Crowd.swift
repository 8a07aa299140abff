// SPDX-License-Identifier: Apache-2.0
import CardVault
import Synchronization
import Workbench

/// Tasks that tokenize and find cards until they are told to stop, and what they saw.
final class Crowd: Sendable {
    /// What was seen.
    struct Report {
        var newCount = 0
        var tokenizedCount = 0
        var foundCount = 0
        /// Cards that got another token than the one they had.
        var duplicateCount = 0
        /// Searches that did not find the card's token.
        var missedCount = 0
    }

    private let scope: Scope
    /// The tokens of the cards that were there before; card 1 is the first.
    private let known: [Token]
    private let isOver = Atomic(false)
    private let state = Mutex((report: Report(), tokens: [UInt64: Token]()))

    init(_ scope: Scope, known: [Token]) {
        self.scope = scope
        self.known = known
    }

    var report: Report { state.withLock { $0.report } }

    func stop() { isOver.store(true, ordering: .relaxed) }

    /// Works as one of four. Tasks 0 and 1 take the same new cards one by one, 2 and 3 others, in
    /// batches.
    func work(as task: Int) async throws {
        let count: UInt64 = task < 2 ? 1 : 32
        var next = UInt64(known.count) + 1 + (task < 2 ? 0 : 1 << 24)
        while !isOver.load(ordering: .relaxed) {
            let new = Array(next..<(next + count))
            next += count
            try await tokenize(new)
            try await find(new)
            try await tokenize(someKnown(count))
            try await find(someKnown(count))
        }
    }

    /// Looks for every card, known and new.
    func findAll() async throws {
        let serials = Array(1...UInt64(known.count)) + state.withLock { Array($0.tokens.keys) }
        for start in stride(from: 0, to: serials.count, by: 20_000) {
            try await find(Array(serials[start..<min(start + 20_000, serials.count)]))
        }
    }

    private func someKnown(_ count: UInt64) -> [UInt64] {
        (0..<count).map { _ in .random(in: 1...UInt64(known.count)) }
    }

    private func tokenize(_ serials: [UInt64]) async throws {
        if serials.count == 1 {
            let card = try await scope.tokenize(pan(serials[0]))
            return noteTokenized(serials[0], card.token)
        }
        for (serial, result) in zip(serials, try await scope.tokenize(batch(serials))) {
            noteTokenized(serial, try result.get().token)
        }
    }

    private func find(_ serials: [UInt64]) async throws {
        if serials.count == 1 {
            let card = try await scope.find(pan(serials[0]))
            return noteFound(serials[0], card?.token)
        }
        for (serial, result) in zip(serials, try await scope.find(batch(serials))) {
            noteFound(serial, try result.get()?.token)
        }
    }

    private func pan(_ serial: UInt64) throws -> PAN {
        try PAN(DemoVault.digits(serial).span, luhn: .ignored)
    }

    private func batch(_ serials: [UInt64]) -> CardBatch {
        var batch = CardBatch(capacity: serials.count)
        for serial in serials { batch.append(DemoVault.digits(serial).span, luhn: .ignored) }
        return batch
    }

    private func noteTokenized(_ serial: UInt64, _ token: Token) {
        state.withLock { state in
            state.report.tokenizedCount += 1
            if let before = expected(serial, state.tokens) {
                if before != token { state.report.duplicateCount += 1 }
            } else {
                state.tokens[serial] = token
                state.report.newCount += 1
            }
        }
    }

    private func noteFound(_ serial: UInt64, _ token: Token?) {
        state.withLock { state in
            state.report.foundCount += 1
            if token == nil || token != expected(serial, state.tokens) {
                state.report.missedCount += 1
            }
        }
    }

    private func expected(_ serial: UInt64, _ new: [UInt64: Token]) -> Token? {
        serial <= UInt64(known.count) ? known[Int(serial) - 1] : new[serial]
    }
}
