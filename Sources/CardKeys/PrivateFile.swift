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
}
