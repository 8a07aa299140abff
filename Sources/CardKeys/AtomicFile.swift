// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Whole files, read at once, and replaced so that a crash leaves the old one or the new one.
package enum AtomicFile {
    /// Reads a file of at most `limit` bytes; nil when there is none; `limit + 1` bytes of a larger
    /// one.
    package static func load(_ path: String, limit: Int) throws(FileError) -> [UInt8]? {
        let descriptor: Int32
        do throws(FileError) {
            descriptor = try openDescriptor(path, O_RDONLY)
        } catch {
            if error.systemCode == ENOENT { return nil }
            throw error
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

    /// Lends a way to read a file piece by piece: at most 1 MiB at a time, nil at its end. Nil
    /// where there is no file.
    ///
    /// - Throws: ``FileError``: `ELOOP` for a link, `EINVAL` for what is no file: a pipe would be
    ///   waited for without end.
    package static func withPieces<R>(
        of path: String, _ body: (() throws(FileError) -> [UInt8]?) throws(FileError) -> R
    ) throws(FileError) -> R? {
        let descriptor: Int32
        do throws(FileError) {
            descriptor = try openDescriptor(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch {
            if error.systemCode == ENOENT { return nil }
            throw error
        }
        defer { close(descriptor) }
        guard isFile(descriptor) else { throw FileError(operation: .open, systemCode: EINVAL) }
        return try body { () throws(FileError) in
            var piece = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = unsafe piece.withUnsafeMutableBytes {
                    unsafe read(descriptor, $0.baseAddress, $0.count)
                }
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw FileError(operation: .read, systemCode: errno) }
                guard count > 0 else { return nil }
                piece.removeLast(piece.count - count)
                return piece
            }
        }
    }

    /// Lends a way to write a new file piece by piece, readable by the owner alone. It is not
    /// durable yet.
    ///
    /// - Throws: ``FileError``: `EEXIST` when there is a file, or a link. Whatever the error, this
    ///   call leaves none.
    package static func withNewFile<R>(
        _ path: String, _ body: (([UInt8]) throws(FileError) -> Void) throws(FileError) -> R
    ) throws(FileError) -> R {
        let descriptor = try openNew(path)
        defer { close(descriptor) }
        do throws(FileError) {
            return try body { piece throws(FileError) in try fill(descriptor, with: piece) }
        } catch {
            unsafe unlink(path)
            throw error
        }
    }

    /// Makes a folder that its owner alone may enter, durably. Tells whether it was not there.
    package static func makeFolder(_ path: String) throws(FileError) -> Bool {
        try checkName(path)
        guard unsafe mkdir(path, 0o700) == 0 else {
            guard errno == EEXIST else { throw FileError(operation: .open, systemCode: errno) }
            return false
        }
        try syncFolder(of: path)
        return true
    }

    /// Reads a file into `bytes` from the first on, until it is full or the file ends.
    ///
    /// - Returns: How many bytes were read.
    static func load(
        _ path: String, into bytes: inout MutableSpan<UInt8>
    ) throws(FileError) -> Int {
        let descriptor = try openDescriptor(path, O_RDONLY)
        defer { close(descriptor) }
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe read(
                    descriptor, buffer.baseAddress.map { unsafe $0 + filled },
                    buffer.count - filled)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError(operation: .read, systemCode: errno) }
            guard count > 0 else { break }
            filled += count
        }
        return filled
    }

    /// Puts `bytes` in the place of the file, durably, readable by the owner alone.
    ///
    /// A temporary file beside it is written and synced, renamed over it, and the folder synced.
    /// The caller holds the lock of the file: two writers would share the temporary file.
    ///
    /// - Throws: ``FileError``. The old file is then in its place, but where the folder could not
    ///   be synced at the end: then it is the new one, and a loss of power may bring the old one
    ///   back.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        try checkName(path)
        // The new file would take the place of the link, and leave its target to those who know it
        // by another name, and lock it by that.
        guard !isLink(path) else { throw FileError(operation: .rename, systemCode: ELOOP) }
        let temporary = path + ".new"
        unsafe unlink(temporary)
        do throws(FileError) {
            try finish(try openNew(temporary), with: bytes)
            guard unsafe rename(temporary, path) == 0 else {
                throw FileError(operation: .rename, systemCode: errno)
            }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        try syncFolder(of: path)
    }

    /// Makes a new file with `bytes`, durably, readable by the owner alone. A crash may leave it
    /// unfinished.
    ///
    /// - Throws: ``FileError``: `EEXIST` when there is a file, or a link. Whatever the
    ///   error, this call leaves none.
    package static func create(_ path: String, with bytes: [UInt8]) throws(FileError) {
        let descriptor = try openNew(path)
        do throws(FileError) {
            try finish(descriptor, with: bytes)
            try syncFolder(of: path)
        } catch {
            unsafe unlink(path)
            throw error
        }
    }

    /// Makes the names in the folder of `path` durable.
    package static func syncFolder(of path: String) throws(FileError) {
        let descriptor = try openDescriptor(folder(of: path), O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        try sync(descriptor)
    }

    /// Opens a file; a new one is readable by the owner alone.
    static func openDescriptor(_ path: String, _ flags: Int32) throws(FileError) -> Int32 {
        try checkName(path)
        let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(operation: .open, systemCode: errno) }
        return descriptor
    }

    /// The system reads a name up to its first NUL: a file, its lock and its temporary file would
    /// be one.
    private static func checkName(_ path: String) throws(FileError) {
        guard !path.utf8.contains(0) else { throw FileError(operation: .open, systemCode: EINVAL) }
    }

    private static func isFile(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func isLink(_ path: String) -> Bool {
        var target: CChar = 0
        return unsafe readlink(path, &target, 1) >= 0
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func openNew(_ path: String) throws(FileError) -> Int32 {
        try openDescriptor(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
    }

    private static func finish(_ descriptor: Int32, with bytes: [UInt8]) throws(FileError) {
        defer { close(descriptor) }
        // Whatever the process's mask of new files takes away, the owner reads the file again.
        guard fchmod(descriptor, 0o600) == 0 else {
            throw FileError(operation: .open, systemCode: errno)
        }
        try fill(descriptor, with: bytes)
        try sync(descriptor)
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

    static func sync(_ descriptor: Int32) throws(FileError) {
        let systemCode = card_vault_sync(descriptor)
        guard systemCode == 0 else { throw FileError(operation: .sync, systemCode: systemCode) }
    }
}
