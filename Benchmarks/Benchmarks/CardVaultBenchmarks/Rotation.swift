// SPDX-License-Identifier: Apache-2.0
import Benchmark
import CardVault
import Workbench

/// Sealing stored cards anew, beside bare SQLite that gives the same rows other bytes; and the
/// rotations that touch no card. The programs ResealRate and RotationCost do it at size.
func rotationBenchmarks() {
    reseal(5_000)
    rotate()
}

private func reseal(_ count: Int) {
    for threadCount in [1, 2] {
        Benchmark("Reseal.\(count) cards.\(threadCount) threads", configuration: durable) {
            benchmark in
            let demo = try await DemoVault()
            try await demo.fill(count)
            _ = try await demo.vault.rotate(.data, of: demo.scope.id)
            var options = ResealOptions()
            options.threadCount = threadCount
            benchmark.startMeasurement()
            for try await progress in demo.vault.reseal(options) { blackHole(progress) }
            benchmark.stopMeasurement()
        }
    }
    Benchmark(
        "Reseal.\(count) cards.bare SQLite: the same rows and commits", configuration: durable
    ) { benchmark in
        let demo = try await DemoVault()
        try await demo.fill(count)
        let bare = try BareReseal(copying: demo.storePath, pageCount: 512)
        benchmark.startMeasurement()
        blackHole(bare.run())
        benchmark.stopMeasurement()
    }
}

private func rotate() {
    Benchmark("Rotate.scope key", configuration: durable) { benchmark in
        let demo = try await DemoVault()
        benchmark.startMeasurement()
        blackHole(try await demo.vault.rotate(.scope, of: demo.scope.id))
        benchmark.stopMeasurement()
    }
    Benchmark("Rotate.data key", configuration: durable) { benchmark in
        let demo = try await DemoVault()
        benchmark.startMeasurement()
        blackHole(try await demo.vault.rotate(.data, of: demo.scope.id))
        benchmark.stopMeasurement()
    }
}
