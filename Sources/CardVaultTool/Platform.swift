// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What the operating system refused.
struct FileError: Error, Equatable, CustomStringConvertible {
    /// A step with a file. The raw value completes "cannot … a file".
    enum Operation: String, Sendable {
        case open, create, read, write, sync, truncate, measure, lock, rename, remove
    }

    let operation: Operation
    /// The system's error number.
    let systemCode: Int32

    /// One sentence, without a path.
    var description: String {
        "The system cannot \(operation.rawValue) a file: system error \(systemCode)."
    }

    /// Whether the file is there although it should not be.
    var isAlreadyThere: Bool { systemCode == EEXIST }
    /// Whether the file is not there.
    var isNotThere: Bool { systemCode == ENOENT }

    init(_ operation: Operation, systemCode: Int32 = errno) {
        self.operation = operation
        self.systemCode = systemCode
    }
}

/// An open file, closed when dropped. Reads and writes say where; there is no current position.
struct OpenFile: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Opens a file that must be there, for reading.
    static func reading(_ path: String) throws(FileError) -> OpenFile {
        try OpenFile(path, O_RDONLY, .open)
    }

    /// Opens a file that must be there, for reading and writing. A symbolic link is refused.
    static func writing(_ path: String) throws(FileError) -> OpenFile {
        try OpenFile(path, O_RDWR | O_NOFOLLOW, .open)
    }

    /// Creates a file that must not be there, for its owner alone (0600).
    static func creating(_ path: String) throws(FileError) -> OpenFile {
        try OpenFile(path, O_RDWR | O_CREAT | O_EXCL, .create)
    }

    /// Opens a file or creates it (0600). A symbolic link is refused.
    static func openingOrCreating(_ path: String) throws(FileError) -> OpenFile {
        try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, .create)
    }

    /// Opens a file to append to it, or creates it (0600). A symbolic link is refused.
    static func appending(_ path: String) throws(FileError) -> OpenFile {
        try OpenFile(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, .create)
    }

    private init(_ path: String, _ flags: Int32, _ step: FileError.Operation) throws(FileError) {
        let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(step) }
        self.descriptor = descriptor
    }

    /// Size of the file in bytes.
    var byteCount: Int {
        get throws(FileError) { Int(try status().st_size) }
    }

    /// When the file was changed last, in nanoseconds since 1970.
    var modified: Int {
        get throws(FileError) {
            let moment = try status().modificationTime
            return Int(moment.tv_sec) * 1_000_000_000 + Int(moment.tv_nsec)
        }
    }

    /// Reads into `bytes` from index `start` on, until it is full or the file ends.
    ///
    /// - Returns: How many bytes were read; fewer than there is room for only at the end of the
    ///   file.
    func read(
        into bytes: inout MutableSpan<UInt8>, from start: Int, at fileOffset: Int
    ) throws(FileError) -> Int {
        precondition(start >= 0 && start <= bytes.count, "reading starts outside the buffer")
        var filled = start
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + filled },
                    buffer.count - filled, off_t(fileOffset + filled - start))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError(.read) }
            if count == 0 { break }
            filled += count
        }
        return filled - start
    }

    /// Writes all of `bytes`.
    func write(_ bytes: Span<UInt8>, at fileOffset: Int) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor, buffer.baseAddress.map { unsafe $0 + written },
                    buffer.count - written, off_t(fileOffset + written))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw FileError(.write) }
            written += count
        }
    }

    /// Writes all of `bytes` at the end of a file that was opened for that: at once, if the disk
    /// takes them, so that nobody else's come between.
    func append(_ bytes: Span<UInt8>) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.extracting(written..<bytes.count).withUnsafeBytes { buffer in
                unsafe systemWrite(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw FileError(.write) }
            written += count
        }
    }

    /// The last byte; nil in an empty file.
    var lastByte: UInt8? {
        get throws(FileError) {
            let byteCount = try byteCount
            guard byteCount > 0 else { return nil }
            var byte: [UInt8] = [0]
            var span = byte.mutableSpan
            _ = try read(into: &span, from: 0, at: byteCount - 1)
            return byte[0]
        }
    }

    /// Cuts the file to `byteCount` bytes.
    func truncate(to byteCount: Int) throws(FileError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw FileError(.truncate) }
    }

    /// Makes what was written durable.
    func sync() throws(FileError) {
        #if canImport(Darwin)
            // On macOS fsync leaves the bytes in the drive's cache.
            let result = fcntl(descriptor, F_FULLFSYNC)
        #else
            let result = fsync(descriptor)
        #endif
        guard result == 0 else { throw FileError(.sync) }
    }

    /// Locks the file for this process until it is closed, without waiting.
    ///
    /// - Returns: False where another process holds the lock.
    func lock() throws(FileError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw FileError(.lock) }
        return false
    }

    /// Whether `path` names this very file, and not another or none.
    func isNamed(_ path: String) throws(FileError) -> Bool {
        var named = stat()
        guard unsafe lstat(path, &named) == 0 else {
            guard errno == ENOENT else { throw FileError(.measure) }
            return false
        }
        let own = try status()
        return own.st_dev == named.st_dev && own.st_ino == named.st_ino
    }

    private func status() throws(FileError) -> stat {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(.measure) }
        return status
    }

    deinit { close(descriptor) }
}

/// Names of files: what a folder keeps.
enum FileName {
    /// Whether anything bears the name, a symbolic link to nothing included.
    static func exists(_ path: String) throws(FileError) -> Bool {
        var status = stat()
        if unsafe lstat(path, &status) == 0 { return true }
        guard errno == ENOENT else { throw FileError(.measure) }
        return false
    }

    /// Renames a file, over another of that name where there is one.
    static func replace(_ path: String, by newer: String) throws(FileError) {
        guard unsafe rename(newer, path) == 0 else { throw FileError(.rename) }
    }

    /// Renames a file to a name that nothing may bear yet; ``FileError/isAlreadyThere`` otherwise.
    ///
    /// A link refuses in one step what a rename would replace. A crash may leave both names: then
    /// the call, made again, removes the old one.
    static func give(_ path: String, to file: String) throws(FileError) {
        if unsafe link(file, path) != 0 {
            let refusal = FileError(.rename)
            // Where a file system has no links we look first; the lock keeps other importers away.
            if [EPERM, ENOTSUP, EOPNOTSUPP, EMLINK].contains(refusal.systemCode) {
                guard try !exists(path) else { throw FileError(.rename, systemCode: EEXIST) }
                return try replace(path, by: file)
            }
            guard refusal.isAlreadyThere, try OpenFile.reading(path).isNamed(file) else {
                throw refusal
            }
        }
        try remove(file)
    }

    /// Removes the name; no error where nothing bears it.
    static func remove(_ path: String) throws(FileError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw FileError(.remove) }
    }

    /// Makes the names in the folder of `path` durable.
    static func syncFolder(of path: String) throws(FileError) {
        try OpenFile.reading(folder(of: path)).sync()
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// What the system says of the process and its machine.
enum Host {
    static var userID: UInt32 { getuid() }
    static var processID: Int32 { getpid() }

    /// The login name of the user; nil for a user without one.
    static var login: String? {
        guard let user = unsafe getpwuid(getuid()) else { return nil }
        return unsafe String(cString: user.pointee.pw_name)
    }

    /// The name of the machine; nil where it has none.
    static var name: String? {
        var names = utsname()
        guard unsafe uname(&names) == 0 else { return nil }
        let name = unsafe withUnsafeBytes(of: &names.nodename) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return name.isEmpty ? nil : name
    }
}

extension stat {
    fileprivate var modificationTime: timespec {
        #if canImport(Darwin)
            st_mtimespec
        #else
            st_mtim
        #endif
    }
}
