// SPDX-License-Identifier: Apache-2.0

/// The rows that were not imported: a CSV file with the columns `line` and `reason`.
///
/// A reason is the description of one of our typed errors; these hold counts and column names,
/// never what stood in the row.
struct RejectsFile: ~Copyable {
    private var writer: CSVWriter

    /// Continues `file` after its first `byteCount` bytes; writes the header where that is its
    /// start.
    init(_ file: consuming OpenFile, at byteCount: Int) throws(FileError) {
        self.writer = CSVWriter(file, at: byteCount, bufferByteCount: 1 << 16)
        if byteCount == 0 { try append("line", "reason") }
    }

    /// Bytes of the file, with those that are still in the buffer.
    var byteCount: Int { writer.byteCount }

    /// Enters the row that begins at `line`.
    mutating func append(
        line: Int, _ reason: some Error & CustomStringConvertible
    ) throws(FileError) {
        try append(String(line), reason.description)
    }

    /// Makes every entry so far durable.
    mutating func sync() throws(FileError) { try writer.sync() }

    private mutating func append(_ line: String, _ reason: String) throws(FileError) {
        try writer.append(value: line.utf8.span)
        try writer.append(value: reason.utf8.span)
        try writer.endRow()
    }
}
