// SPDX-License-Identifier: Apache-2.0

/// A lock that one process at a time holds, by a file that exists for nothing else.
///
/// The file is never renamed. It is removed while the lock is held, and who takes the lock looks
/// afterwards whether the file still bears the name; so nobody holds a lock on a file that is gone.
struct FileLock: ~Copyable {
    private let path: String
    private let file: OpenFile

    /// Takes the lock without waiting.
    ///
    /// - Returns: Nil where another process holds it.
    static func take(_ path: String) throws(FileError) -> FileLock? {
        while true {
            let file = try OpenFile.openingOrCreating(path)
            guard try file.lock() else { return nil }
            if try file.isNamed(path) { return FileLock(path: path, file: file) }
        }
    }

    private init(path: String, file: consuming OpenFile) {
        self.path = path
        self.file = file
    }

    // A file that cannot be removed is only a name left behind: the next importer locks it again.
    // One with bytes in it is somebody else's.
    deinit {
        if (try? file.byteCount) == 0 { try? FileName.remove(path) }
    }
}
