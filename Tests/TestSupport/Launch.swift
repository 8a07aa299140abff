// SPDX-License-Identifier: Apache-2.0
public import Foundation

private let launching = NSLock()

extension Process {
    /// Starts the process while nobody else starts one.
    ///
    /// Suites run side by side, and where many of them call Foundation's `run` at once, it has
    /// crashed.
    public func runAlone() throws {
        launching.lock()
        defer { launching.unlock() }
        try run()
    }
}
