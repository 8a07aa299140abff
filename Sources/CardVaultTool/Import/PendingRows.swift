// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory

/// Rows that wait for their tokens: every kept column as it stood in the file, without the card
/// number.
///
/// All of them lie in one piece of memory of fixed size that is wiped when dropped.
struct PendingRows: ~Copyable {
    private struct Mark {
        let start: Int
        let token: Int
        let end: Int
        let line: Int
    }

    private var bytes: WipedBytes
    private var marks: [Mark] = []
    private var filled = 0

    /// Reserves memory.
    ///
    /// - Parameter byteCount: at least the longest row, so that one row always finds room.
    init(byteCount: Int = 1 << 24) {
        precondition(byteCount >= CSVLimits.standard.rowByteCount, "a row does not fit")
        self.bytes = WipedBytes(count: byteCount)
    }

    /// How many rows wait.
    var count: Int { marks.count }

    /// The line at which row `index` begins in the input.
    func line(of index: Int) -> Int { marks[index].line }

    /// Appends the row on which the reader stands.
    ///
    /// - Returns: False where the memory is full; then nothing has changed.
    mutating func append(
        _ row: CSVRow, of reader: borrowing CSVReader, _ columns: borrowing ColumnPlan
    ) -> Bool {
        // A row of a file never grows: what is left out is at least as long as what is put between.
        guard filled + Int(row.end.byteOffset - row.start.byteOffset) <= bytes.count else {
            return false
        }
        let start = filled
        for run in columns.before {
            append(run, of: reader)
            append(.comma)
        }
        let token = filled
        for run in columns.after {
            append(.comma)
            append(run, of: reader)
        }
        marks.append(Mark(start: start, token: token, end: filled, line: row.start.line))
        return true
    }

    /// Writes row `index` with `token` in the place of the card number.
    func write(
        _ index: Int, token: Span<UInt8>, to writer: inout CSVWriter
    ) throws(FileError) {
        let mark = marks[index]
        try bytes.withBytes { bytes throws(FileError) in
            try writer.appendRow(
                bytes.extracting(mark.start..<mark.token), value: token,
                bytes.extracting(mark.token..<mark.end))
        }
    }

    /// Drops all rows. Their bytes stay in the memory until they are written over or it is dropped.
    mutating func removeAll() {
        marks.removeAll(keepingCapacity: true)
        filled = 0
    }

    private mutating func append(_ run: Range<Int>, of reader: borrowing CSVReader) {
        let start = filled
        filled += reader.withRawFields(run) { fields in
            bytes.withMutableBytes { for i in fields.indices { $0[start + i] = fields[i] } }
            return fields.count
        }
    }

    private mutating func append(_ byte: UInt8) {
        let at = filled
        bytes.withMutableBytes { $0[at] = byte }
        filled += 1
    }
}
