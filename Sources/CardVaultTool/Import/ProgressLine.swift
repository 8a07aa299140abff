// SPDX-License-Identifier: Apache-2.0

/// Shows on standard error how far an import is: a bar that is drawn over on a terminal, a line
/// every ten seconds elsewhere.
struct ProgressLine {
    private static let barWidth = 24

    private let byteCount: Int
    private let startOffset: Int
    private let startRows: Int
    private let start = ContinuousClock.now
    private let isTerminal = Standard.error.isTerminal
    private var nextShow: ContinuousClock.Instant

    init(byteCount: Int, from progress: ImportProgress) {
        self.byteCount = byteCount
        startOffset = Int(progress.position.byteOffset)
        startRows = progress.importedRowCount + progress.rejectedRowCount
        nextShow = start + (isTerminal ? .zero : .seconds(10))
    }

    /// Shows rows done, rows a second and the time left.
    mutating func show(_ progress: ImportProgress) {
        guard ContinuousClock.now >= nextShow else { return }
        nextShow = .now + (isTerminal ? .milliseconds(200) : .seconds(10))
        let rows = progress.importedRowCount + progress.rejectedRowCount
        let offset = Int(progress.position.byteOffset)
        let seconds = max((.now - start) / .seconds(1), 0.001)
        let rate = Int(Double(rows - startRows) / seconds)
        let done = byteCount == 0 ? 1 : Double(offset) / Double(byteCount)
        let speed = Double(offset - startOffset) / seconds
        let left = speed > 0 ? Int(Double(byteCount - offset) / speed) : 0
        let text = "\(Int(done * 100)) %  \(rows) rows  \(rate) rows/s  \(left) s left"
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
