// SPDX-License-Identifier: Apache-2.0

/// Shows on standard error how far a job is: a bar that is drawn over on a terminal, a line every
/// ten seconds elsewhere.
struct ProgressLine {
    private static let barWidth = 24

    private let size: Int
    private let startPlace: Int
    private let startCount: Int
    private let noun: String
    private let start = ContinuousClock.now
    private let isTerminal = Standard.error.isTerminal
    private var nextShow: ContinuousClock.Instant

    /// Begins.
    ///
    /// - Parameters:
    ///   - size: how much there is to do, in whatever unit.
    ///   - place: how much of it is done.
    ///   - count: how many things are done, which the rate counts.
    ///   - noun: what they are, such as `rows`.
    init(of size: Int, at place: Int, done count: Int, _ noun: String) {
        self.size = size
        startPlace = place
        startCount = count
        self.noun = noun
        nextShow = start + (isTerminal ? .zero : .seconds(10))
    }

    /// Shows things done, things a second and the time left.
    mutating func show(at place: Int, done count: Int) {
        guard ContinuousClock.now >= nextShow else { return }
        nextShow = .now + (isTerminal ? .milliseconds(200) : .seconds(10))
        let seconds = max((.now - start) / .seconds(1), 0.001)
        let rate = Int(Double(count - startCount) / seconds)
        let done = size == 0 ? 1 : min(1, Double(place) / Double(size))
        let speed = Double(place - startPlace) / seconds
        let left = speed > 0 ? max(0, Int(Double(size - place) / speed)) : 0
        let text = "\(Int(done * 100)) %  \(count) \(noun)  \(rate) \(noun)/s  \(left) s left"
        Standard.error.write(isTerminal ? "\r\(bar(done))  \(text)\u{1B}[K" : text + "\n")
    }

    /// Leaves the bar behind.
    func end() {
        if isTerminal { Standard.error.write("\r\u{1B}[K") }
    }

    private func bar(_ done: Double) -> String {
        let filled = min(Self.barWidth, Int(done * Double(Self.barWidth)))
        let empty = Self.barWidth - filled
        return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: empty))]"
    }
}
