// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A file that another library opens by its name.
package enum PrivateFile {
    /// Makes an empty file, readable by its owner alone and durable by name, where there is none.
    ///
    /// One that is there is not opened: closing it would drop every lock that this process has on
    /// it (POSIX, fcntl), those of the other library too.
    package static func create(_ path: String) throws(FileError) {
        do throws(FileError) {
            close(try AtomicFile.openDescriptor(path, O_RDWR | O_CREAT | O_EXCL))
        } catch {
            guard error.systemCode == EEXIST else { throw error }
        }
        try AtomicFile.syncFolder(of: path)
    }

    /// Makes a file that another library wrote durable, and readable by its owner alone.
    ///
    /// Nothing of this process has it open: its locks would be lost, as above.
    package static func settle(_ path: String) throws(FileError) {
        let descriptor = try AtomicFile.openDescriptor(path, O_RDONLY | O_NOFOLLOW)
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else {
            throw FileError(operation: .write, systemCode: errno)
        }
        try AtomicFile.sync(descriptor)
        try AtomicFile.syncFolder(of: path)
    }
}
