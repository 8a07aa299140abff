// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory

/// A moment: milliseconds since 1970-01-01 00:00 UTC.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01 00:00 UTC; less than 2^48 (the year 10889).
    public let milliseconds: UInt64

    /// Takes a number of milliseconds below 2^48; nil for any other.
    public init?(milliseconds: UInt64) {
        guard milliseconds < 1 << 48 else { return nil }
        self.milliseconds = milliseconds
    }

    private init(clock: UInt64) { milliseconds = min(clock, 1 << 48 - 1) }

    /// What the system's clock says now.
    public static func now() -> Timestamp { Timestamp(clock: Platform.wallMilliseconds) }

    /// The moment so many days of 86,400 seconds later; the last that there is, where that is past
    /// it.
    package func adding(days: Int) -> Timestamp {
        precondition(days >= 0)
        return Timestamp(clock: milliseconds + UInt64(days) * 86_400_000)
    }

    /// The earlier moment first.
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
}
