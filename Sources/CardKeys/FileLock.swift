// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
internal import SecretMemory
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A file that is opened once and locked often. It holds nothing and is never removed: a lock on a
/// file that can be replaced excludes nobody.
package struct LockFile: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Opens the file, making it when there is none.
    package init(_ path: String) throws(FileError) {
        descriptor = try AtomicFile.openDescriptor(path, O_RDWR | O_CREAT | O_NOFOLLOW)
    }

    /// Takes the lock, alone among all processes, waiting at most `patience` milliseconds.
    ///
    /// - Throws: ``FileError`` with `EWOULDBLOCK` when another process held it all that time.
    package borrowing func lock(patience: UInt64 = 10_000) throws(FileError) {
        let deadline = Platform.monotonicMilliseconds + patience
        var pause: UInt32 = 200
        while true {
            let systemCode = card_vault_try_lock(descriptor)
            if systemCode == 0 { return }
            let mayWait = systemCode == EWOULDBLOCK && Platform.monotonicMilliseconds < deadline
            guard mayWait else { throw FileError(operation: .lock, systemCode: systemCode) }
            usleep(pause)
            pause = min(pause * 2, 5_000)
        }
    }

    /// Frees the lock.
    package borrowing func unlock() { _ = card_vault_unlock(descriptor) }

    deinit { close(descriptor) }
}

/// A lock that is held until it is dropped.
package struct FileLock: ~Copyable, Sendable {
    private let file: LockFile

    /// Takes the lock on `path`, waiting at most `patience` milliseconds.
    package init(_ path: String, patience: UInt64 = 10_000) throws(FileError) {
        let file = try LockFile(path)
        try file.lock(patience: patience)
        self.file = file
    }
}
