// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Whole files, read at once, and replaced so that a crash leaves the old one or the new one.
package enum AtomicFile {
    /// Reads a file of at most `limit` bytes; nil when there is none; `limit + 1` bytes of a larger one.
    package static func load(_ path: String, limit: Int) throws(FileError) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileError(operation: .open, systemCode: errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = unsafe chunk.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError(operation: .read, systemCode: errno) }
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<min(count, limit + 1 - bytes.count)])
        }
        return bytes
    }

    /// Puts `bytes` in the place of the file, durably, readable by the owner alone.
    ///
    /// A temporary file beside it is written and synced, renamed over it, and the folder synced. The
    /// caller holds the lock of the file: two writers would share the temporary file.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        let temporary = path + ".new"
        unsafe unlink(temporary)
        let descriptor = unsafe open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(operation: .open, systemCode: errno) }
        do {
            defer { close(descriptor) }
            try fill(descriptor, with: bytes)
            try sync(descriptor)
        }
        guard unsafe rename(temporary, path) == 0 else {
            throw FileError(operation: .rename, systemCode: errno)
        }
        try syncFolder(of: path)
    }

    /// Makes the names in the folder of `path` durable.
    package static func syncFolder(of path: String) throws(FileError) {
        let descriptor = unsafe open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(operation: .open, systemCode: errno) }
        defer { close(descriptor) }
        try sync(descriptor)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func fill(_ descriptor: Int32, with bytes: [UInt8]) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe write(
                    descriptor, $0.baseAddress.map { unsafe $0 + written }, $0.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw FileError(operation: .write, systemCode: errno) }
            written += count
        }
    }

    private static func sync(_ descriptor: Int32) throws(FileError) {
        let systemCode = card_vault_sync(descriptor)
        guard systemCode == 0 else { throw FileError(operation: .sync, systemCode: systemCode) }
    }
}
