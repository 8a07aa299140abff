// SPDX-License-Identifier: Apache-2.0

internal import CardVault

/// Why one row is refused although it is well formed: a column that would travel beside the token
/// gives away what the token replaces.
enum RowGuardError: Error, Equatable, CustomStringConvertible {
    /// Track data stands in a column other than the card number's.
    case trackData(column: String)
    /// The card number of the row stands in another column as well.
    case cardNumberRepeated(column: String)
    /// Another card number stands in a column that would travel.
    case otherCardNumber(column: String)

    /// One sentence: the name of the column, never a value.
    var description: String {
        switch self {
        case .trackData(let column): "Column \(printable(column)) holds track data."
        case .cardNumberRepeated(let column):
            "Column \(printable(column)) holds the card number of the row."
        case .otherCardNumber(let column):
            "Column \(printable(column)) holds another card number."
        }
    }
}

/// Looks at every row while the import runs, since ``ColumnGuard`` has seen the first ones only.
struct RowGuard {
    private let plan: ColumnPlan
    private let kept: Set<Int>

    /// Prepares to check the columns of `plan`.
    ///
    /// - Parameter kept: columns, from 0, of which the user says that their numbers are no cards.
    init(_ plan: ColumnPlan, keeping kept: Set<Int> = []) {
        self.plan = plan
        self.kept = kept
    }

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
            if reader.withField(column, { holds(pan, $0) }) {
                throw .cardNumberRepeated(column: plan.names[column])
            }
            if !kept.contains(column), reader.withField(column, holdsAnyCardNumber) {
                throw .otherCardNumber(column: plan.names[column])
            }
        }
    }
}

private func holdsCard(_ bytes: Span<UInt8>, _ pan: (digits: UInt128, count: Int)?) -> Bool {
    CardDigits.holdTrack(bytes) || holds(pan, bytes) || holdsAnyCardNumber(bytes)
}

private func holds(_ pan: (digits: UInt128, count: Int)?, _ bytes: Span<UInt8>) -> Bool {
    guard let pan else { return false }
    return CardDigits.occur(pan.digits, count: pan.count, in: bytes)
}

/// Whether 13 to 19 digits in a row, alone or with spaces and hyphens between them, are the number
/// of a card: they pass Luhn, and a brand issues such numbers.
private func holdsAnyCardNumber(_ bytes: Span<UInt8>) -> Bool {
    CardDigits.hasRun(in: bytes) { run in
        guard let pan = try? PAN(run) else { return false }
        return pan.brand != .unknown
    }
}
