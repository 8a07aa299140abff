// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory

/// Writes CSV rows through a buffer that is wiped when dropped. Lines end in LF.
///
/// Nothing is written when the writer is dropped: what was not flushed is lost, as after a crash.
struct CSVWriter: ~Copyable {
    private let file: OpenFile
    private var buffer: WipedBytes
    private var filled = 0
    private var written: Int
    /// Bytes of the file that are durable.
    private var synced: Int
    private var isAtRowStart = true

    /// Continues `file` after its first `byteCount` bytes, which are durable.
    init(_ file: consuming OpenFile, at byteCount: Int, bufferByteCount: Int = 1 << 18) {
        precondition(bufferByteCount > 0, "a writer needs a buffer")
        self.file = file
        self.written = byteCount
        self.synced = byteCount
        self.buffer = WipedBytes(count: bufferByteCount)
    }

    /// Bytes of the file, with those that are still in the buffer.
    var byteCount: Int { written + filled }

    /// Appends a field, or several with their commas, as they stand in another CSV file.
    mutating func appendRaw(_ fields: Span<UInt8>) throws(FileError) {
        try separate()
        try append(fields)
    }

    /// Appends a value, in quotes where it needs them.
    mutating func append(value: Span<UInt8>) throws(FileError) {
        let isOnBlankLine = value.isEmpty && isAtRowStart  // which a reader would skip
        try separate()
        try isOnBlankLine || needsQuotes(value) ? appendQuoted(value) : append(value)
    }

    /// Appends a whole row: `value` between raw fields that bring their commas along.
    mutating func appendRow(
        _ before: Span<UInt8>, value: Span<UInt8>, _ after: Span<UInt8>
    ) throws(FileError) {
        precondition(isAtRowStart, "the row before is not ended")
        try append(before)
        try needsQuotes(value) ? appendQuoted(value) : append(value)
        try append(after)
        try endRow()
    }

    /// Ends the row.
    mutating func endRow() throws(FileError) {
        try append(.lineFeed)
        isAtRowStart = true
    }

    /// Hands the buffer to the system.
    mutating func flush() throws(FileError) {
        let (count, offset) = (filled, written)
        try buffer.withBytes { bytes throws(FileError) in
            try file.write(bytes.extracting(0..<count), at: offset)
        }
        written += filled
        filled = 0
    }

    /// Makes every row so far durable.
    mutating func sync() throws(FileError) {
        guard synced != byteCount else { return }  // a list of few rejects seldom grows
        try flush()
        try file.sync()
        synced = written
    }

    private mutating func separate() throws(FileError) {
        if !isAtRowStart { try append(.comma) }
        isAtRowStart = false
    }

    private mutating func appendQuoted(_ value: Span<UInt8>) throws(FileError) {
        try append(.quote)
        for i in value.indices {
            if value[i] == .quote { try append(.quote) }
            try append(value[i])
        }
        try append(.quote)
    }

    private mutating func append(_ byte: UInt8) throws(FileError) {
        if filled == buffer.count { try flush() }
        let at = filled
        buffer.withMutableBytes { $0[at] = byte }
        filled += 1
    }

    private mutating func append(_ bytes: Span<UInt8>) throws(FileError) {
        var start = 0
        while start < bytes.count {
            if filled == buffer.count { try flush() }
            let count = min(bytes.count - start, buffer.count - filled)
            let (source, target) = (start, filled)
            buffer.withMutableBytes {
                for i in 0..<count { $0[target + i] = bytes[source + i] }
            }
            (start, filled) = (start + count, filled + count)
        }
    }
}

/// Whether a field of CSV has to stand in quotes (RFC 4180).
func needsQuotes(_ value: Span<UInt8>) -> Bool {
    for i in value.indices {
        switch value[i] {
        case .comma, .quote, .lineFeed, .carriageReturn: return true
        default: break
        }
    }
    return false
}
