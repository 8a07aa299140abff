// SPDX-License-Identifier: Apache-2.0

// Bytes that are wiped: guarded keys, wiped cells, random bytes.

/// Why secret memory could not be had.
public enum SecretMemoryError: Error, Equatable, CustomStringConvertible {
    /// libsodium did not start.
    case libraryUnavailable
    /// The system has no memory left for `byteCount` more bytes.
    case outOfMemory(byteCount: Int)
    /// The pages cannot be kept out of swap: the process may lock `limit` bytes in all.
    case notLocked(byteCount: Int, limit: UInt64)

    /// One sentence, without any secret.
    public var description: String {
        switch self {
        case .libraryUnavailable: "libsodium did not start."
        case .outOfMemory(let count): "No memory is left for \(count) bytes of guarded memory."
        case .notLocked(let count, let limit):
            "\(count) bytes of key memory cannot be locked: the process may lock \(limit) bytes."
        }
    }
}

/// What to do when the system refuses to keep pages of key memory out of swap.
public enum MemoryLocking: Sendable, Equatable {
    /// Refuse with ``SecretMemoryError/notLocked(byteCount:limit:)``.
    case required
    /// Go on with memory that may be swapped. The owner reports it: see ``KeySlab/isLocked``.
    case optedOut
}
