// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// A keyring in a file, with its lock in a file beside it.
public struct KeyringPath: KeyringSource {
    /// The path of the file.
    public let name: String

    /// The keyring at `path`, where there may be none yet.
    public init(_ path: String) { name = path }

    /// Reads the file; nil where there is none.
    public func load() throws(KeyringError) -> [UInt8]? {
        try KeyringError.file { () throws(FileError) in
            try AtomicFile.load(name, limit: KeyringText.byteLimit)
        }
    }

    /// Writes a file beside it, durable and readable by the owner alone, and renames it over it.
    public func replace(with bytes: [UInt8]) throws(KeyringError) {
        try KeyringError.file { () throws(FileError) in try AtomicFile.replace(name, with: bytes) }
    }

    /// Makes the file's name durable.
    public func settle() throws(KeyringError) {
        try KeyringError.file { () throws(FileError) in try AtomicFile.syncFolder(of: name) }
    }

    /// Takes the lock on the file beside it. That one is never removed.
    public func lock(patience: Duration) throws(KeyringError) -> KeyringLock {
        let held = try KeyringError.file { () throws(FileError) in
            HeldLock(try FileLock(name + ".lock", patience: patience))
        }
        // A writer may have died between its rename and the sync of the folder. What is read under
        // the lock outlives a loss of power before anything is built on it.
        try settle()
        return KeyringLock(name) { held.release() }
    }
}

/// The lock of a file, which knows the process that took it, where a closure can hold it.
private final class HeldLock: Sendable {
    private let lock: Mutex<FileLock?>

    init(_ lock: consuming sending FileLock) { self.lock = Mutex(lock) }

    func release() { lock.withLock { $0 = nil } }
}
