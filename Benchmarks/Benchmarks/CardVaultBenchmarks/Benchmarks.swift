// SPDX-License-Identifier: Apache-2.0
import Benchmark

// Each operation of the vault stands beside the bare C call in the same process: read the two rows
// as a ratio. Set-up is outside the clock; results go to a black hole.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], warmupIterations: 10, scalingFactor: .kilo,
        maxDuration: .seconds(1))
    cryptoBenchmarks()
    compareBenchmarks()
    storageBenchmarks()
    rotationBenchmarks()
}
