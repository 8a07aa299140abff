// SPDX-License-Identifier: Apache-2.0
import BareC
import Benchmark
import ConstantTime

/// Equality of runs of bytes in constant time.
func compareBenchmarks() {
    for byteCount in [16, 32, 1024] {
        let a = [UInt8](repeating: 1, count: byteCount)
        let b = a
        Benchmark("Compare.\(byteCount)B") { benchmark in
            for _ in benchmark.scaledIterations { blackHole(equal(a.span, b.span).declassify()) }
        }
        Benchmark("Compare.\(byteCount)B.bare C: sodium_memcmp") { benchmark in
            for _ in benchmark.scaledIterations { blackHole(sodium_memcmp(a, b, byteCount)) }
        }
    }
}
