// SPDX-License-Identifier: Apache-2.0

/// A file operation that the system refused.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried.
    public enum Operation: String, Sendable {
        /// Opening or creating a file.
        case open
        /// Reading a file.
        case read
        /// Writing a file.
        case write
        /// Making a file or folder durable.
        case sync
        /// Putting a new file in the place of an old one.
        case rename
        /// Waiting for another process to free a lock.
        case lock
    }

    /// What was tried.
    public let operation: Operation
    /// The system's error number.
    public let systemCode: Int32

    /// What a ``KeyringSource`` reports of an operation of its own.
    public init(operation: Operation, systemCode: Int32) {
        self.operation = operation
        self.systemCode = systemCode
    }

    /// One sentence, without any path.
    public var description: String {
        "The system refused to \(operation.rawValue) a file, error \(systemCode)."
    }
}
