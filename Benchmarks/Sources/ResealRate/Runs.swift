// SPDX-License-Identifier: Apache-2.0
import Workbench

/// What walks of one kind took.
struct Runs: CustomStringConvertible {
    private let cardCount: Int
    private var seconds: [Double] = []
    private var processorSeconds: [Double] = []
    /// The greatest memory when a tenth was walked, and at the end, in KiB more than before.
    var peaks: [[Int]] = []

    init(_ cardCount: Int) { self.cardCount = cardCount }

    /// Rows a second.
    var rate: Double { Double(cardCount) / median(seconds) }

    var description: String {
        let work = median(processorSeconds) / Double(cardCount) * 1_000_000
        return "\(Int(rate)) rows/s, \(hundredths(work)) µs of processor time a row"
    }

    mutating func measure(_ body: () throws -> Void) rethrows {
        let (begin, work) = (ContinuousClock.now, Workbench.processorSeconds())
        try body()
        note(begin, work)
    }

    mutating func measure(_ body: () async throws -> Void) async rethrows {
        let (begin, work) = (ContinuousClock.now, Workbench.processorSeconds())
        try await body()
        note(begin, work)
    }

    private mutating func note(_ begin: ContinuousClock.Instant, _ work: Double) {
        seconds.append((.now - begin) / .seconds(1))
        processorSeconds.append(Workbench.processorSeconds() - work)
    }
}
