// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import Synchronization

/// A clock that stands still until it is moved.
final class Clock: Sendable {
    private let milliseconds: Mutex<UInt64>

    init(at milliseconds: UInt64 = 1_800_000_000_000) { self.milliseconds = Mutex(milliseconds) }

    /// What the clock says, for a vault.
    var read: @Sendable () -> Timestamp {
        { Timestamp(milliseconds: self.milliseconds.withLock { $0 }) ?? .now() }
    }

    /// The moment so much later than what the clock says; earlier for less than zero.
    func after(_ duration: Duration) throws -> Timestamp {
        try moment(milliseconds.withLock { Self.sum($0, duration) })
    }

    /// Moves the clock on, or back for less than zero.
    func advance(by duration: Duration) {
        milliseconds.withLock { $0 = Self.sum($0, duration) }
    }

    private static func sum(_ milliseconds: UInt64, _ duration: Duration) -> UInt64 {
        UInt64(Int64(milliseconds) + Int64(duration / .milliseconds(1)))
    }
}
