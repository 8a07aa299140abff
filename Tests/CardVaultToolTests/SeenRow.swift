// SPDX-License-Identifier: Apache-2.0
@testable import CardVaultTool

/// A row with copies of all that a reader says of it.
struct SeenRow: Equatable {
    var start: CSVPosition
    var end: CSVPosition
    var fields: [[UInt8]]
    var raw: [UInt8]
    var fault: RowFault?

    var text: [String] { fields.map { String(decoding: $0, as: UTF8.self) } }
}

extension CSVReader {
    /// Every row from here on.
    mutating func all() throws(CSVError) -> [SeenRow] {
        var rows: [SeenRow] = []
        while let row = try seen() { rows.append(row) }
        return rows
    }

    /// The next row; nil at the end of the file.
    mutating func seen() throws(CSVError) -> SeenRow? {
        guard let row = try next() else { return nil }
        let fields = (0..<row.fieldCount).map { withField($0) { copy($0) } }
        let raw = row.fieldCount == 0 ? [] : withRawFields(0..<row.fieldCount) { copy($0) }
        return SeenRow(
            start: row.start, end: row.end, fields: fields, raw: raw, fault: row.fault)
    }
}

func copy(_ span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }
