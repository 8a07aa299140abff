// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import CardVault
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A file as the system knows it, whatever its name is.
struct StoreFile: Equatable, Sendable {
    private let device: UInt64
    private let number: UInt64
    /// Bytes in the file when it was looked at.
    private let byteCount: Int64

    /// The file with this name; nil when there is none.
    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        number = UInt64(truncatingIfNeeded: status.st_ino)
        byteCount = Int64(status.st_size)
    }

    /// Whether there was nothing in the file when it was looked at.
    var isEmpty: Bool { byteCount == 0 }

    /// The same file, of whatever size.
    static func == (a: StoreFile, b: StoreFile) -> Bool {
        a.number == b.number && a.device == b.device
    }

    /// The whole name of a file, without links.
    ///
    /// - Throws: `StoreError`: `missing` when there is no file.
    static func name(of path: String) throws(StoreError) -> String {
        guard !path.utf8.contains(0) else { throw StoreError(.missing) }
        guard let name = unsafe realpath(path, nil) else {
            throw errno == ENOENT ? StoreError(.missing) : StoreError(system: errno)
        }
        defer { unsafe free(name) }
        return unsafe String(cString: name)
    }

    /// Refuses a name that something has.
    static func checkFree(_ name: String) throws(StoreError) {
        guard StoreFile(name) == nil else { throw StoreError(system: EEXIST) }
    }

    /// Gives a file another name, which nothing has.
    static func addName(_ name: String, to path: String) throws(StoreError) {
        guard unsafe link(path, name) == 0 else { throw StoreError(system: errno) }
    }

    /// Gives a file the name of another, which loses it.
    static func move(_ path: String, over name: String) throws(StoreError) {
        guard unsafe rename(path, name) == 0 else { throw StoreError(system: errno) }
    }

    /// Takes a name away, if there is one.
    static func remove(_ path: String) throws(StoreError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw StoreError(system: errno) }
    }

    /// Makes the names in the folder of a file durable.
    static func settleFolder(of path: String) throws(StoreError) {
        try StoreError.file { () throws(FileError) in try AtomicFile.syncFolder(of: path) }
    }
}

extension StoreError {
    /// What the system's error number means for a store.
    init(system code: Int32) {
        let kind: Code =
            switch code {
            case ENOENT: .missing
            case EACCES, EPERM, EROFS: .readOnly
            case ENOSPC, EDQUOT: .full
            case EWOULDBLOCK: .busy
            default: .failed
            }
        self.init(kind, systemCode: code)
    }

    /// Runs a file operation, and says what its failure means for a store.
    static func file<R: ~Copyable>(_ body: () throws(FileError) -> R) throws(StoreError) -> R {
        do throws(FileError) {
            return try body()
        } catch {
            throw StoreError(system: error.systemCode)
        }
    }
}
