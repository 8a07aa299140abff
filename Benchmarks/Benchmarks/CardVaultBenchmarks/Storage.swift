// SPDX-License-Identifier: Apache-2.0
import Benchmark
import CardVault
import Workbench

/// Tokenizing and detokenizing on SQLite, beside bare SQLite with the same tables and settings.
func storageBenchmarks() {
    tokenize(1, name: "Tokenize.one")
    tokenize(1_000, name: "Tokenize.batch of 1,000")
    detokenize(from: 20_000)
}

/// For operations that end on the disk.
var durable: Benchmark.Configuration {
    .init(metrics: [.wallClock, .throughput], scalingFactor: .one, maxDuration: .seconds(3))
}

private func tokenize(_ count: Int, name: String) {
    Benchmark(name, configuration: durable) { benchmark in
        let demo = try await DemoVault()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            if count == 1 {
                blackHole(try await demo.scope.tokenize(try demo.nextPAN()))
            } else {
                blackHole(try await demo.scope.tokenize(try demo.nextBatch(count)))
            }
        }
        benchmark.stopMeasurement()
    }
    Benchmark("\(name).bare SQLite: the same rows, one commit", configuration: durable) {
        benchmark in
        let bare = try BareStore()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { bare.insert(count) }
        benchmark.stopMeasurement()
    }
}

/// Answers with an entry of the audit log each, beside the same work without one: the record is
/// verified and shown, and nothing of it revealed.
private func detokenize(from count: Int) {
    for taskCount in [1, 4, 16] {
        let name = "Detokenize.\(taskCount) tasks"
        Benchmark(name, configuration: durable) { benchmark in
            let demo = try await DemoVault()
            let tokens = try await demo.storedTokens(count)
            let scope = demo.scope
            benchmark.startMeasurement()
            for round in benchmark.scaledIterations {
                try await each(taskCount, of: tokens, round) { token in
                    blackHole(try await scope.detokenize(token, purpose: "test").digitCount)
                }
            }
            benchmark.stopMeasurement()
        }
        Benchmark("\(name).without the log", configuration: durable) { benchmark in
            let demo = try await DemoVault()
            let tokens = try await demo.storedTokens(count)
            let scope = demo.scope
            benchmark.startMeasurement()
            for round in benchmark.scaledIterations {
                try await each(taskCount, of: tokens, round) { token in
                    blackHole(try await scope.describe(token).brand)
                }
            }
            benchmark.stopMeasurement()
        }
        Benchmark("\(name).bare SQLite: look-ups, one durable row", configuration: durable) {
            benchmark in
            let bare = try BareStore()
            bare.insert(count)
            let tokens = bare.tokens.shuffled()
            benchmark.startMeasurement()
            for round in benchmark.scaledIterations {
                for task in 0..<taskCount {
                    blackHole(bare.box(tokens[(round * taskCount + task) % tokens.count]))
                }
                bare.record()
            }
            benchmark.stopMeasurement()
        }
    }
    detokenizeBatch(1_000, from: count)
}

private func detokenizeBatch(_ batchCount: Int, from count: Int) {
    let name = "Detokenize.batch of \(batchCount)"
    Benchmark("\(name), one entry", configuration: durable) { benchmark in
        let demo = try await DemoVault()
        let tokens = Array(try await demo.storedTokens(count).prefix(batchCount))
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            blackHole(try await demo.scope.detokenize(tokens, purpose: "test").count)
        }
        benchmark.stopMeasurement()
    }
    Benchmark("\(name).without the log", configuration: durable) { benchmark in
        let demo = try await DemoVault()
        let tokens = try await demo.storedTokens(count).prefix(batchCount)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            for token in tokens { blackHole(try await demo.scope.describe(token).brand) }
        }
        benchmark.stopMeasurement()
    }
    Benchmark("\(name).bare SQLite: look-ups, one durable row", configuration: durable) {
        benchmark in
        let bare = try BareStore()
        bare.insert(count)
        let tokens = bare.tokens.shuffled().prefix(batchCount)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            bare.read { for token in tokens { blackHole(bare.box(token)) } }
            bare.record(byteCount: 17_200)
        }
        benchmark.stopMeasurement()
    }
}

/// Calls `body` once from each of so many tasks.
private func each(
    _ taskCount: Int, of tokens: [Token], _ round: Int,
    _ body: @escaping @Sendable (Token) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<taskCount {
            let token = tokens[(round * taskCount + task) % tokens.count]
            group.addTask { try await body(token) }
        }
        try await group.waitForAll()
    }
}
