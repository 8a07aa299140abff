// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
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

    /// Takes the lock, alone among all processes, waiting at most `patience`.
    ///
    /// - Throws: ``FileError`` with `EWOULDBLOCK` when another process held it all that time.
    package borrowing func lock(patience: Duration = .seconds(10)) throws(FileError) {
        let deadline = ContinuousClock.now + patience
        var pause: UInt32 = 200
        while true {
            let systemCode = card_vault_try_lock(descriptor)
            if systemCode == 0 { return }
            let mayWait = systemCode == EWOULDBLOCK && ContinuousClock.now < deadline
            guard mayWait else { throw FileError(operation: .lock, systemCode: systemCode) }
            usleep(pause)
            pause = min(pause * 2, 5_000)
        }
    }

    /// Frees the lock.
    package borrowing func unlock() { _ = card_vault_unlock(descriptor) }

    deinit { close(descriptor) }
}

/// A lock that is held until it is dropped by the process that took it.
package struct FileLock: ~Copyable, Sendable {
    private let file: LockFile
    private let owner = getpid()

    /// Takes the lock on `path`, waiting at most `patience`.
    package init(_ path: String, patience: Duration = .seconds(10)) throws(FileError) {
        let file = try LockFile(path)
        try file.lock(patience: patience)
        self.file = file
    }

    // Closing the file would leave the lock to a child that was forked meanwhile and has it open
    // too; and a child that drops its copy must not free its parent's lock.
    deinit {
        if getpid() == owner { file.unlock() }
    }
}
