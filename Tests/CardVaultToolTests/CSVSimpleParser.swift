// SPDX-License-Identifier: Apache-2.0
@testable import CardVaultTool

/// The rules of the reader once more, byte by byte over a whole file, without any regard to speed.
func simpleParse(_ bytes: [UInt8]) -> [SeenRow] {
    var rows: [SeenRow] = []
    var position = CSVPosition.start
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position.byteOffset = 3 }
    while position.byteOffset < bytes.count {
        let start = position.byteOffset
        var row = SimpleRow(bytes: bytes, at: start)
        row.parse()
        position.byteOffset = row.next
        position.line += bytes[start..<row.next].count { $0 == 0x0A }
        let raw = Array(bytes[start..<row.end])
        if raw.isEmpty { continue }
        if row.fault == nil && raw.contains(0) { row.fault = .nulByte }
        if row.fault == nil && String(validating: raw, as: UTF8.self) == nil {
            row.fault = .invalidUTF8
        }
        let line = position.line - bytes[start..<row.next].count { $0 == 0x0A }
        let isGood = row.fault == nil
        rows.append(
            SeenRow(
                start: CSVPosition(byteOffset: start, line: line), end: position,
                fields: isGood ? row.fields : [], raw: isGood ? raw : [], fault: row.fault))
    }
    return rows
}

private struct SimpleRow {
    enum State { case begin, plain, quoted, afterQuote }

    let bytes: [UInt8]
    var at: Int
    var fields: [[UInt8]] = []
    var fault: RowFault?
    var end = 0
    var next = 0

    init(bytes: [UInt8], at: Int) {
        self.bytes = bytes
        self.at = at
    }

    mutating func parse() {
        var state = State.begin
        var field: [UInt8] = []
        var opened = at
        while true {
            let byte = at < bytes.count ? bytes[at] : nil
            switch (state, byte) {
            case (.quoted, nil): return fail(.unterminatedQuote, at: opened)
            case (.quoted, 0x22): state = .afterQuote
            case (.quoted, let byte?): field.append(byte)
            case (.afterQuote, 0x22):
                field.append(0x22)
                state = .quoted
            case (.begin, 0x22):
                opened = at
                state = .quoted
            case (_, nil), (_, 0x0A), (_, 0x0D):
                fields.append(field)
                return finish(byte)
            case (_, 0x2C):
                fields.append(field)
                field = []
                state = .begin
            case (.afterQuote, _): return fail(.byteAfterQuote, at: at)
            case (_, 0x22): return fail(.bareQuote, at: at)
            case (_, let byte?):
                field.append(byte)
                state = .plain
            }
            at += 1
        }
    }

    private mutating func finish(_ byte: UInt8?) {
        if byte == 0x0D && (at + 1 == bytes.count || bytes[at + 1] != 0x0A) {
            return fail(.bareCarriageReturn, at: at)
        }
        end = at
        next = at + (byte == nil ? 0 : byte == 0x0D ? 2 : 1)
    }

    private mutating func fail(_ fault: RowFault, at place: Int) {
        self.fault = fault
        end = bytes[place...].firstIndex(of: 0x0A) ?? bytes.count
        next = min(end + 1, bytes.count)
    }
}
