// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Fork") struct ForkTests {
    @Test(arguments: ["time", "random"])
    func `two children draw 200,000 tokens at one moment, and no two alike`(
        style name: String
    ) async {
        await #expect(processExitsWith: .success) { [name] in
            let style = try #require(KeyringScope.TokenStyle(rawValue: name))
            let pan = try PAN(Cards.visa)
            let moment = Timestamp.now()
            _ = TokenDraw.digit()  // both children are forked off a buffer that is full
            let drawn = try inForkedChildren(2) { tokens(100_000, style, of: pan, at: moment) }
                .flatMap(\.self)
            let stored = stride(from: 0, to: drawn.count, by: 17).map { Array(drawn[$0..<$0 + 17]) }
            #expect(stored.count == 200_000)
            #expect(Set(stored).count == 200_000)
        }
    }

    @Test func `a vault of the parent is refused in the child, and serves the parent still`()
        async
    {
        await #expect(processExitsWith: .success) {
            let bench = try await Bench()
            let scope = try await bench.scope()
            let card = try await scope.tokenize(PAN(Cards.visa), for: .seconds(600))
            let text = text(try await scope.hold(sample: .track2))
            let answer = try inForkedChild {
                [
                    isForked { try await bench.vault.scope("default") },
                    isForked { try await scope.tokenize(PAN(Cards.visa)) },
                    isForked { try await scope.tokenize(Cards.batch(0..<1)) },
                    isForked { try await scope.find(PAN(Cards.visa)) },
                    isForked { try await scope.find(Cards.batch(0..<1)) },
                    isForked { try await scope.describe(card.token) },
                    isForked { try await scope.detokenize(card.token, purpose: "test") },
                    isForked { try await scope.detokenize([card.token], purpose: "test") },
                    isForked { try await scope.delete(card.token) },
                    isForked { try await bench.vault.addScope(bench.vault.scopeList[0].id) },
                    isForked { try await bench.vault.keyList() },
                    isForked { try await scope.hold(sample: .track2) },
                    isForked { try await scope.track2(text) },
                    isForked { try await scope.tokenize(from: HoldHandle(text.span)) },
                    isForked { try await scope.extend(card.token, until: .now()) },
                    isForked { try await bench.vault.holdList() },
                    isForked { try await bench.vault.sweep() },
                    isForked { try await bench.vault.stop() },
                ]
            }
            #expect(answer == [UInt8](repeating: 1, count: 18))
            let found = try await scope.describe(card.token)
            #expect(found.token == card.token)
            #expect(try await scope.track2(text) == Held.track2)
        }
    }

    @Test func `what the child asks for wrongly is refused as what it asks for rightly`() async {
        await #expect(processExitsWith: .success) {
            let bench = try await Bench()
            let scope = try await bench.scope()
            let card = try await scope.tokenize(PAN(Cards.visa))
            // A refusal goes on record too, and the child has no part in the record.
            let answer = try inForkedChild {
                [
                    isForked { try await scope.detokenize(card.token, purpose: "") },
                    isForked { try await scope.detokenize([card.token], purpose: "") },
                    isForked { try await scope.tokenize(PAN(Cards.visa), for: .zero) },
                    isForked { try await scope.tokenize(Cards.batch(0..<1), for: .zero) },
                    isForked { try await scope.hold(sample: .track2, for: .zero) },
                    isForked { try await bench.vault.scope("default", as: "") },
                ]
            }
            #expect(answer == [UInt8](repeating: 1, count: 6))
        }
    }
}

/// The stored bytes of so many new tokens, one after the other; none where one is refused.
private func tokens(
    _ count: Int, _ style: KeyringScope.TokenStyle, of pan: borrowing PAN, at moment: Timestamp
) -> [UInt8] {
    let display = pan.display(.firstSixLastFour)
    return pan.withPacked { packed in
        (0..<count).flatMap { _ in
            let token = try? TokenDraw.draw(
                .opaque, display: display, style: style, at: moment, unlike: packed)
            return token?.stored ?? []
        }
    }
}

/// 1 when `body` is refused because the process was forked. The child has no threads to run tasks
/// on, so the task runs on this one, as far as it comes at once.
private func isForked<R: ~Copyable>(_ body: @escaping @Sendable () async throws -> R) -> UInt8 {
    let answer = Answer()
    Task(executorPreference: InlineExecutor()) {
        let isForked = await code(body) == .forked
        answer.value.withLock { $0 = isForked ? 1 : 0 }
    }
    return answer.value.withLock { $0 }
}

private final class Answer: Sendable {
    let value = Mutex<UInt8>(0)
}

/// Runs a job where it is handed in.
private final class InlineExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
}
