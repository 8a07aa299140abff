// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Fork") struct ForkTests {
    @Test func `a vault of the parent is refused in the child, and serves the parent still`()
        async
    {
        await #expect(processExitsWith: .success) {
            let bench = try await Bench()
            let scope = try await bench.scope()
            let card = try await scope.tokenize(PAN(Cards.visa))
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
                ]
            }
            #expect(answer == [UInt8](repeating: 1, count: 11))
            let found = try await scope.describe(card.token)
            #expect(found.token == card.token)
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
