// SPDX-License-Identifier: Apache-2.0

/// Reads a file line by line in bounded memory.
struct LineReader: ~Copyable {
    private let file: OpenFile
    private let byteLimit: Int
    private var buffer: [UInt8] = []
    private var position = 0
    private var filled = 0
    private var fileOffset = 0

    /// - Parameters:
    ///   - file: what is read, from its first byte on.
    ///   - byteLimit: bytes that a line is expected to have at most.
    init(_ file: consuming OpenFile, byteLimit: Int) {
        self.file = file
        self.byteLimit = byteLimit
    }

    /// The next line without its newline; nil at the end of the file. A longer line than expected
    /// is cut off one byte after the limit, so that it is no line of the expected kind.
    mutating func next() throws(FileError) -> String? {
        var line: [UInt8] = []
        var isThere = false
        while true {
            if position == filled { try fill() }
            guard position < filled else { break }
            isThere = true
            let end = buffer[position..<filled].firstIndex(of: .lineFeed)
            line += buffer[position..<(end ?? filled)].prefix(byteLimit + 1 - line.count)
            position = end.map { $0 + 1 } ?? filled
            if end != nil { break }
        }
        return isThere ? String(decoding: line, as: UTF8.self) : nil
    }

    private mutating func fill() throws(FileError) {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        var span = bytes.mutableSpan
        filled = try file.read(into: &span, from: 0, at: fileOffset)
        buffer = bytes
        fileOffset += filled
        position = 0
    }
}
