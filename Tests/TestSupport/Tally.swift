// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Alterations that were tried, and which of them were not refused.
///
/// `scripts/tampering` finds the subjects in the sources, as they are written in the calls of
/// ``init(_:)``, and demands the line of each.
public struct Tally: Sendable {
    /// Not everything that was tried was refused, or not everything was tried.
    public struct Missed: Error, CustomStringConvertible {
        /// The count, and the first alterations that were not refused.
        public let description: String
    }

    private let subject: String
    private var triedCount = 0
    private var missed: [String] = []

    /// Begins to count alterations of `subject`.
    public init(_ subject: String) { self.subject = subject }

    /// Counts an alteration.
    public mutating func count(
        refused isRefused: Bool, _ alteration: @autoclosure () -> String = "one"
    ) {
        triedCount += 1
        if !isRefused { missed.append(alteration()) }
    }

    /// Prints the count as a line of its own, whatever it is.
    ///
    /// - Parameter expectedCount: how many alterations there are.
    /// - Throws: ``Missed``, which fails the test.
    public func report(of expectedCount: Int) throws(Missed) {
        let refusedCount = triedCount - missed.count
        let line = "refused: \(refusedCount) of \(triedCount)  \(subject)"
        // In one call: other tests print meanwhile.
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
        guard missed.isEmpty, triedCount == expectedCount, triedCount > 0 else {
            let first = missed.prefix(8).joined(separator: ", ")
            throw Missed(description: "\(line), of \(expectedCount); not refused: \(first)")
        }
    }
}
