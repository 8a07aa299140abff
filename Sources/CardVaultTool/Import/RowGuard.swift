// SPDX-License-Identifier: Apache-2.0

/// Why one row is refused although it is well formed: a column that would travel beside the token
/// gives away what the token replaces.
enum RowGuardError: Error, Equatable, CustomStringConvertible {
    /// Track data stands in a column other than the card number's.
    case trackData(column: String)
    /// The card number of the row stands in another column as well.
    case cardNumberRepeated(column: String)

    /// One sentence: the name of the column, never a value.
    var description: String {
        switch self {
        case .trackData(let column): "Column \(printable(column)) holds track data."
        case .cardNumberRepeated(let column):
            "Column \(printable(column)) holds the card number of the row."
        }
    }
}

/// Looks at every row while the import runs, since ``ColumnGuard`` has seen the first ones only.
struct RowGuard {
    private let plan: ColumnPlan

    init(_ plan: ColumnPlan) { self.plan = plan }

    /// Checks the columns that travel, in the row on which the reader stands.
    func check(_ reader: borrowing CSVReader) throws(RowGuardError) {
        let pan = reader.withField(plan.panColumn) { CardDigits.pack($0) }
        // Runs of columns are read in one piece; only a hit is worth finding its column.
        for run in plan.before where reader.withRawFields(run, { holdsCard($0, pan) }) {
            try name(run, reader, pan)
        }
        for run in plan.after where reader.withRawFields(run, { holdsCard($0, pan) }) {
            try name(run, reader, pan)
        }
    }

    private func name(
        _ run: Range<Int>, _ reader: borrowing CSVReader, _ pan: (digits: UInt128, count: Int)?
    ) throws(RowGuardError) {
        for column in run {
            if reader.withField(column, { CardDigits.holdTrack($0) }) {
                throw .trackData(column: plan.names[column])
            }
            if reader.withField(column, { holdsCard($0, pan) }) {
                throw .cardNumberRepeated(column: plan.names[column])
            }
        }
    }
}

private func holdsCard(_ bytes: Span<UInt8>, _ pan: (digits: UInt128, count: Int)?) -> Bool {
    if CardDigits.holdTrack(bytes) { return true }
    guard let pan else { return false }
    return CardDigits.occur(pan.digits, count: pan.count, in: bytes)
}
