// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A file that another library opens by its name.
package enum PrivateFile {
    /// Makes an empty file, readable by its owner alone and durable by name, where there is none.
    package static func create(_ path: String) throws(FileError) {
        close(try AtomicFile.openDescriptor(path, O_RDWR | O_CREAT))
        try AtomicFile.syncFolder(of: path)
    }

    /// Whether there is a file that can be read.
    package static func exists(_ path: String) throws(FileError) -> Bool {
        do throws(FileError) {
            close(try AtomicFile.openDescriptor(path, O_RDONLY))
            return true
        } catch {
            guard error.systemCode == ENOENT else { throw error }
            return false
        }
    }
}
