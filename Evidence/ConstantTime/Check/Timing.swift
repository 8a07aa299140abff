// SPDX-License-Identifier: Apache-2.0
internal import CMemcheck

/// Whether a function takes as long for inputs of one class as for those of another.
///
/// Source: Reparaz, Balasch, Verbauwhede: Dude, is my code constant time? (2017): Welch's t over
/// two classes that are measured in random order, with the slowest samples cut off at several
/// places, as they are the system's.
struct Timing: Sendable {
    let name: String
    let kind: Operation.Kind
    /// Fills an input of a class: `false` for one that never changes, `true` for a random one.
    let fill: @Sendable (Bool, inout [UInt8], inout Randomness) -> Void
    /// What is timed. It answers a byte, so that none of it can be left out.
    let run: @Sendable (Span<UInt8>) -> UInt8
    let inputByteCount: Int

    private static let batchCount = 1_000
    /// Which parts of all samples, from the fastest on, are compared.
    private static let crops = [0.5, 0.75, 0.9, 0.95, 0.99]

    /// The largest |t| over all crops of `count` samples.
    func largestT(samples count: Int) -> Double {
        let samples = measure(count)
        let ordered = samples.map(\.cycles).sorted()
        return Self.crops.map { crop in
            let limit = ordered[Int(Double(count - 1) * crop)]
            return abs(welch(samples, upTo: limit))
        }.max() ?? 0
    }

    private struct Sample {
        let isRandom: Bool
        let cycles: UInt64
    }

    private func measure(_ count: Int) -> [Sample] {
        var randomness = Randomness(state: 1)
        var samples: [Sample] = []
        samples.reserveCapacity(count)
        var inputs = [[UInt8]](
            repeating: [UInt8](repeating: 0, count: inputByteCount), count: Self.batchCount)
        var sum: UInt8 = 0
        while samples.count < count {
            let classes = inputs.indices.map { _ in randomness.next() & 1 == 1 }
            for i in inputs.indices { fill(classes[i], &inputs[i], &randomness) }
            for i in inputs.indices where samples.count < count {
                let input = inputs[i]
                let start = memcheck_cycles()
                sum ^= run(input.span)
                samples.append(Sample(isRandom: classes[i], cycles: memcheck_cycles() - start))
            }
        }
        unsafe memcheck_release([sum], 1)
        return samples
    }

    private func welch(_ samples: [Sample], upTo limit: UInt64) -> Double {
        var (fixed, random) = (Moments(), Moments())
        for sample in samples where sample.cycles <= limit {
            if sample.isRandom {
                random.add(Double(sample.cycles))
            } else {
                fixed.add(Double(sample.cycles))
            }
        }
        let error = fixed.squaredErrorOfMean + random.squaredErrorOfMean
        return error > 0 ? (fixed.mean - random.mean) / error.squareRoot() : 0
    }
}

/// Mean and variance of a sequence, in one pass. Source: Knuth, TAOCP volume 2, 4.2.2 (Welford).
private struct Moments {
    private(set) var mean = 0.0
    private var count = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double) {
        count += 1
        let distance = value - mean
        mean += distance / count
        squares += distance * (value - mean)
    }

    var squaredErrorOfMean: Double { count > 1 ? squares / (count - 1) / count : 0 }
}

/// SplitMix64: the same inputs in every run, so that a finding can be seen again.
struct Randomness {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
