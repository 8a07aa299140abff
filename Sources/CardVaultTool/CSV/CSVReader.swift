// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory

/// What a CSV file may not exceed. Only tests use others than the standard.
struct CSVLimits: Sendable {
    static let standard = CSVLimits(columnCount: 4096, rowByteCount: 1 << 20)

    /// Fields in a row.
    var columnCount: Int
    /// Bytes in a row, its line end not counted.
    var rowByteCount: Int
    /// Bytes of the file held at once: at least a row, its line end and one byte to see it by.
    var bufferByteCount: Int

    init(columnCount: Int, rowByteCount: Int, bufferByteCount: Int? = nil) {
        self.columnCount = columnCount
        self.rowByteCount = rowByteCount
        self.bufferByteCount = bufferByteCount ?? 2 * rowByteCount
        precondition(self.bufferByteCount >= rowByteCount + 2, "a row does not fit the buffer")
    }
}

/// A place between two rows, from where a file can be read on.
struct CSVPosition: Codable, Equatable, Sendable {
    static let start = CSVPosition(byteOffset: 0, line: 1)

    /// Bytes before it.
    var byteOffset: Int
    /// The line it stands in; the first is 1.
    var line: Int
}

/// What is known of a row besides its bytes.
struct CSVRow: Equatable, Sendable {
    /// Where its first byte stands.
    let start: CSVPosition
    /// Where the next row begins.
    let end: CSVPosition
    /// How many fields it has; 0 with a fault.
    let fieldCount: Int
    /// Why it is refused.
    let fault: RowFault?
}

/// Reads the rows of a CSV file, as RFC 4180 has them, one at a time.
///
/// UTF-8, with or without a byte order mark; fields parted by commas; lines that end in LF or CRLF,
/// the last one perhaps in nothing; quoted fields with commas, line ends and doubled quotes. Lines
/// without any byte are skipped. The file is read through one buffer that is wiped when dropped,
/// and so is the memory for unescaping; a field costs no allocation.
///
/// A malformed row is reported with its ``CSVRow/fault`` and ends at the end of the line in which
/// the fault stands; an unclosed quote at the end of the file gives up the line of that quote
/// alone.
struct CSVReader: ~Copyable {
    private let file: OpenFile
    private let limits: CSVLimits
    private var scanner: CSVScanner

    private var buffer: WipedBytes
    /// Bytes of the buffer that come from the file.
    private var filled = 0
    /// Where in the buffer the next row begins.
    private var cursor = 0
    private var isAtEnd = false
    private var position: CSVPosition

    /// Where in the buffer the present row begins.
    private var rowStart = 0
    /// The fields with doubled quotes, unescaped, at the offsets of their values in the row.
    private var unescaped = WipedBytes(count: 0)

    /// Reads `file` from `position` on: its start, or the end of a row.
    init(
        _ file: consuming OpenFile, from position: CSVPosition = .start,
        limits: CSVLimits = .standard
    ) {
        self.file = file
        self.limits = limits
        self.position = position
        self.scanner = CSVScanner(columnLimit: limits.columnCount)
        self.buffer = WipedBytes(count: limits.bufferByteCount)
    }

    /// Steps to the next row.
    ///
    /// - Returns: Nil at the end of the file.
    /// - Throws: ``CSVError/tooManyColumns(line:)``, ``CSVError/rowTooLong(line:)``,
    ///   ``CSVError/file(_:)``.
    mutating func next() throws(CSVError) -> CSVRow? {
        while true {
            // No row is judged by more bytes than the longest may have, so that a verdict never
            // depends on what the buffer happens to hold.
            let window = cursor..<min(filled, cursor + limits.rowByteCount + 2)
            let isLast = isAtEnd && window.upperBound == filled
            if isLast && window.isEmpty { return nil }
            switch scan(window, isLast: isLast) {
            case .tooManyColumns: throw .tooManyColumns(line: position.line)
            case .incomplete:
                guard window.count < limits.rowByteCount + 2 else {
                    throw .rowTooLong(line: position.line)
                }
                try refill()
            case .row(let end, let next):
                guard end <= limits.rowByteCount && !isUnterminatedBeyondLimit(window) else {
                    throw .rowTooLong(line: position.line)
                }
                let row = take(end: end, next: next)
                if !scanner.isBlank { return row }
            }
        }
    }

    /// Lends the bytes that field `index` of the present row means.
    borrowing func withField<R: ~Copyable, E: Error>(
        _ index: Int, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        let field = scanner.fields[index]
        if field.hasDoubledQuotes {
            return try unescaped.withBytes { bytes throws(E) in
                try body(bytes.extracting(field.value))
            }
        }
        return try buffer.withBytes { bytes throws(E) in
            try body(
                bytes.extracting(
                    rowStart + field.value.lowerBound..<rowStart + field.value.upperBound))
        }
    }

    /// Lends fields of the present row, one or more, with the quotes and commas that the file has.
    borrowing func withRawFields<R: ~Copyable, E: Error>(
        _ range: Range<Int>, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        precondition(!range.isEmpty, "at least one field is lent")
        let start = rowStart + scanner.fields[range.lowerBound].raw.lowerBound
        let end = rowStart + scanner.fields[range.upperBound - 1].raw.upperBound
        return try buffer.withBytes { bytes throws(E) in
            try body(bytes.extracting(start..<end))
        }
    }

    private mutating func scan(_ window: Range<Int>, isLast: Bool) -> CSVScanner.Outcome {
        buffer.withBytes { scanner.scan($0.extracting(window), isLast: isLast) }
    }

    /// An unclosed quote is judged at the end of the file: more than a row may hold lies behind it.
    private func isUnterminatedBeyondLimit(_ window: Range<Int>) -> Bool {
        scanner.fault == .unterminatedQuote && window.count > limits.rowByteCount
    }

    /// Makes the row that was found the present one.
    private mutating func take(end: Int, next: Int) -> CSVRow {
        rowStart = cursor
        if scanner.isBeyondASCII && scanner.fault == nil && !isUTF8(rowStart..<rowStart + end) {
            scanner.refuse(.invalidUTF8)
        }
        if scanner.hasDoubledQuotes && scanner.fault == nil { unescape(byteCount: end) }
        let hasLineEnd = next > end
        let following = CSVPosition(
            byteOffset: position.byteOffset + next,
            line: position.line + scanner.innerLineCount + (hasLineEnd ? 1 : 0))
        defer { (cursor, position) = (cursor + next, following) }
        return CSVRow(
            start: position, end: following, fieldCount: scanner.fields.count, fault: scanner.fault)
    }

    private func isUTF8(_ range: Range<Int>) -> Bool {
        buffer.withBytes { (try? UTF8Span(validating: $0.extracting(range))) != nil }
    }
}

extension CSVReader {
    /// Moves what is left of the buffer to its front and fills it from the file.
    private mutating func refill() throws(CSVError) {
        let start = cursor
        let kept = filled - start
        let fileOffset = position.byteOffset + kept
        let read = try buffer.withMutableBytes { bytes throws(CSVError) in
            if start > 0 { for i in 0..<kept { bytes[i] = bytes[start + i] } }
            do throws(FileError) {
                return try file.read(into: &bytes, from: kept, at: fileOffset)
            } catch {
                throw CSVError.file(error)
            }
        }
        (cursor, filled) = (0, kept + read)
        isAtEnd = filled < buffer.count
        if fileOffset == 0 { skipByteOrderMark() }
    }

    private mutating func skipByteOrderMark() {
        let count = filled
        let isMarked = buffer.withBytes {
            count >= 3 && $0[0] == 0xEF && $0[1] == 0xBB && $0[2] == 0xBF
        }
        if isMarked { (cursor, position.byteOffset) = (3, 3) }
    }

    private mutating func unescape(byteCount: Int) {
        if unescaped.count < byteCount {
            // Doubling keeps the number of allocations small, whatever the rows are like.
            unescaped = WipedBytes(count: min(max(2 * byteCount, 4096), limits.rowByteCount))
        }
        for i in scanner.fields.indices where scanner.fields[i].hasDoubledQuotes {
            let value = scanner.fields[i].value
            let start = rowStart
            let count = buffer.withBytes { bytes in
                unescaped.withMutableBytes { target in
                    var count = 0
                    var at = value.lowerBound
                    while at < value.upperBound {
                        let byte = bytes[start + at]
                        target[value.lowerBound + count] = byte
                        count += 1
                        at += byte == .quote ? 2 : 1
                    }
                    return count
                }
            }
            scanner.fields[i].value = value.lowerBound..<value.lowerBound + count
        }
    }
}
