// SPDX-License-Identifier: Apache-2.0

/// The names in the first row of a CSV file.
struct CSVHeader: Sendable {
    /// The name of each column, without quotes.
    let names: [String]
    /// The row as it stands in the file, without its line end.
    let line: String
    /// Where the rows begin.
    let end: CSVPosition

    /// Reads the header from a reader that stands at the start of its file, and leaves the reader
    /// on it.
    ///
    /// - Throws: ``CSVError`` when the file is empty, the row malformed, a name twice there, or a
    ///   name looks like card data, so that no card number is taken for a name and printed.
    static func read(_ reader: inout CSVReader) throws(CSVError) -> CSVHeader {
        guard let row = try reader.next() else { throw .empty }
        if let fault = row.fault { throw .header(fault) }
        var names: [String] = []
        var columns: [String: Int] = [:]
        for index in 0..<row.fieldCount {
            let (name, holdsDigits) = reader.withField(index) { (text($0), looksLikeData($0)) }
            if holdsDigits { throw .headerHoldsDigits(column: index + 1) }
            if let first = columns[name] {
                throw .duplicateColumn(first: first + 1, second: index + 1)
            }
            columns[name] = index
            names.append(name)
        }
        let line = reader.withRawFields(0..<row.fieldCount) { text($0) }
        return CSVHeader(names: names, line: line, end: row.end)
    }

    /// The index of the column of that very name, from 0.
    func index(of name: String) throws(CSVError) -> Int {
        guard let index = names.firstIndex(of: name) else { throw .missingColumn(name: name) }
        return index
    }
}

/// The reader has checked the row, so nothing is repaired here.
private func text(_ bytes: Span<UInt8>) -> String {
    guard let checked = try? UTF8Span(validating: bytes) else {
        preconditionFailure("a row without a fault is UTF-8")
    }
    return String(copying: checked)
}

/// A name of 13 digits or more, or of nothing but 8 digits or more, is a card number, a track or a
/// date.
private func looksLikeData(_ bytes: Span<UInt8>) -> Bool {
    var digitCount = 0
    var otherCount = 0
    for i in bytes.indices {
        switch bytes[i] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digitCount += 1
        case UInt8(ascii: " "), UInt8(ascii: "-"): break
        default: otherCount += 1
        }
    }
    return digitCount >= 13 || (digitCount >= 8 && otherCount == 0)
}
