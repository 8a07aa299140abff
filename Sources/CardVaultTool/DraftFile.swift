// SPDX-License-Identifier: Apache-2.0

/// A new file of lines, for its owner alone, that gets its name when all of it is durable.
///
/// Until then it is `PATH.part`. Dropped before, it is removed.
final class DraftFile {
    private static let bufferByteCount = 1 << 16

    private let path: String
    private let part: String
    private let file: OpenFile
    private var buffer: [UInt8] = []
    private var byteCount = 0
    private var hasName = false

    /// Begins the file.
    ///
    /// - Throws: ``ToolError/fileExists(path:)`` where one of that name is there, ``FileError``.
    init(_ path: String) throws {
        self.path = path
        part = path + ".part"
        guard try !FileName.exists(path) else { throw ToolError.fileExists(path: path) }
        do throws(FileError) {
            file = try OpenFile.creating(part)
        } catch {
            throw error.isAlreadyThere ? ToolError.fileExists(path: part) : error
        }
    }

    /// Appends a line.
    func append(_ line: String) throws(FileError) {
        buffer += line.utf8
        buffer.append(.lineFeed)
        if buffer.count >= Self.bufferByteCount { try flush() }
    }

    /// Makes the file durable and gives it its name. Nothing is appended after that.
    func commit() throws {
        try flush()
        try file.sync()
        do throws(FileError) {
            try FileName.give(path, to: part)
        } catch {
            throw error.isAlreadyThere ? ToolError.fileExists(path: path) : error
        }
        hasName = true
        try FileName.syncFolder(of: path)
    }

    private func flush() throws(FileError) {
        let bytes = buffer
        buffer = []
        try file.write(bytes.span, at: byteCount)
        byteCount += bytes.count
    }

    // What cannot be removed is only a name left behind.
    deinit { if !hasName { try? FileName.remove(part) } }
}
