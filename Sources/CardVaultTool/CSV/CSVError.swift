// SPDX-License-Identifier: Apache-2.0

/// Why a CSV file is refused as a whole.
enum CSVError: Error, Equatable, CustomStringConvertible {
    /// No row at all, not even a header.
    case empty
    /// The header itself is not well formed.
    case header(RowFault)
    /// The header holds digits where a name should be: most likely the file has no header.
    case headerHoldsDigits(column: Int)
    /// Two columns bear one name. Columns count from 1.
    case duplicateColumn(first: Int, second: Int)
    /// No column bears the name that was asked for.
    case missingColumn(name: String)
    /// The column of card numbers cannot be dropped.
    case panColumnDropped
    /// A row has more than 4,096 columns.
    case tooManyColumns(line: Int)
    /// A row has more than 1 MiB; often the quote that it opens is never closed.
    case rowTooLong(line: Int)
    /// The system refused.
    case file(FileError)

    /// One sentence, without any content of a row.
    var description: String {
        switch self {
        case .empty: "The file is empty: it has no header."
        case .header(let fault): "The header is refused: \(fault)"
        case .headerHoldsDigits(let column):
            "Column \(column) of the header has digits for a name: perhaps there is no header."
        case .duplicateColumn(let first, let second):
            "Columns \(first) and \(second) have the same name."
        case .missingColumn(let name):
            "The header has no column \(printable(withoutNumbers(name)))."
        case .panColumnDropped: "The column of card numbers cannot be dropped."
        case .tooManyColumns(let line):
            "The row at line \(line) has more than \(CSVLimits.standard.columnCount) columns."
        case .rowTooLong(let line):
            "The row at line \(line) has more than \(CSVLimits.standard.rowByteCount) bytes; "
                + "perhaps a quote in it is never closed."
        case .file(let error): error.description
        }
    }
}

/// Why one row is refused, while the rows after it are read.
enum RowFault: Error, Equatable, CustomStringConvertible {
    /// A quote is opened and the file ends before it is closed.
    case unterminatedQuote
    /// Something other than a comma or a line end follows a closing quote.
    case byteAfterQuote
    /// A quote stands inside a field that does not begin with one.
    case bareQuote
    /// A carriage return that no line feed follows, outside quotes.
    case bareCarriageReturn
    /// A byte of value 0.
    case nulByte
    /// The row is not UTF-8.
    case invalidUTF8
    /// The row has another number of fields than the header. The reader reports the count; who
    /// knows the header decides.
    case fieldCount(found: Int, expected: Int)

    /// One sentence, without any content of the row.
    var description: String {
        switch self {
        case .unterminatedQuote: "A quote is never closed."
        case .byteAfterQuote: "Text follows a closing quote."
        case .bareQuote: "A quote stands inside a field without quotes."
        case .bareCarriageReturn: "A carriage return stands without a line feed."
        case .nulByte: "The row holds a NUL byte."
        case .invalidUTF8: "The row is not valid UTF-8."
        case .fieldCount(let found, let expected):
            "The row has \(found) fields, the header \(expected)."
        }
    }
}

/// A name as a message may show it: one line, of bounded length, in quotes.
func printable(_ name: String, limit: Int = 64) -> String {
    let scalars = name.unicodeScalars.prefix(limit).map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: "?"
        default: String(scalar)
        }
    }
    return "'\(scalars.joined())'"
}
