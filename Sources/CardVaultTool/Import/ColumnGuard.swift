// SPDX-License-Identifier: Apache-2.0

/// A column that must not travel beside the tokens, and why it is taken for one.
struct ColumnFinding: Equatable, Sendable, CustomStringConvertible {
    /// What gave the column away.
    enum Evidence: Equatable, Sendable {
        /// Its name.
        case name
        /// Values that can hardly be anything else.
        case values
        /// Values that may be something else, such as short codes of three digits.
        case shapeOfValues
    }

    /// The column, from 0.
    let column: Int
    /// Its name in the header.
    let name: String
    /// What it seems to hold.
    let kind: SensitiveKind
    let evidence: Evidence

    /// Whether the user may keep the column by its name. Only the mere shape of values can mislead.
    var mayBeOverruled: Bool { evidence == .shapeOfValues }

    /// One sentence: name and number of the column, never a value.
    var description: String {
        let verb =
            switch evidence {
            case .name: "is named like"
            case .values: "holds"
            case .shapeOfValues: "looks like"
            }
        return "Column \(column + 1), \(printable(name)), \(verb) \(kind.reason)."
    }
}

/// Why an import does not start: at least one column is not fit to travel beside the tokens.
struct SensitiveColumns: Error, Equatable, CustomStringConvertible {
    /// One finding a column, in the order of the columns; at least one.
    let findings: [ColumnFinding]

    /// One sentence a finding.
    var description: String { findings.map(\.description).joined(separator: " ") }
}

/// Decides, from the names and a sample of the rows, whether a column beside the card numbers is
/// sensitive authentication data or a second card number.
///
/// It is shown values one by one and keeps counts of them, never a value.
struct ColumnGuard {
    /// How many rows are looked at before an import starts.
    static let sampleRowCount = 1000

    private struct Tally {
        var valueCount = 0
        var cardNumberCount = 0
        var holdsTrack = false
        let codes = CodeTally()
    }

    private let plan: ColumnPlan
    private let kept: Set<Int>
    private var tallies: [Tally]

    /// Prepares to judge the columns of `plan`.
    ///
    /// - Parameter kept: columns, from 0, of which the user says that their shape misleads.
    init(_ plan: ColumnPlan, keeping kept: Set<Int> = []) {
        self.plan = plan
        self.kept = kept
        self.tallies = plan.names.map { _ in Tally() }
    }

    /// Looks at the value of one column in one row; the card number's own and dropped ones do not
    /// count.
    mutating func look(at value: Span<UInt8>, in column: Int, besides pan: Span<UInt8>) {
        let value = value.extracting(value.trimmed)
        guard isJudged(column) && !value.isEmpty else { return }
        tallies[column].valueCount += 1
        if CardDigits.areCardNumber(value) { tallies[column].cardNumberCount += 1 }
        if CardDigits.holdTrack(value) { tallies[column].holdsTrack = true }
        tallies[column].codes.look(at: value, besides: pan.extracting(pan.trimmed))
    }

    /// Looks at the first rows that `reader` gives, those without a fault.
    mutating func sample(_ reader: inout CSVReader) throws(CSVError) {
        var rowCount = 0
        while rowCount < Self.sampleRowCount, let row = try reader.next() {
            guard row.fieldCount == plan.names.count else { continue }
            rowCount += 1
            reader.withField(plan.panColumn) { pan in
                for column in 0..<row.fieldCount {
                    reader.withField(column) { look(at: $0, in: column, besides: pan) }
                }
            }
        }
    }

    /// Says which columns are not fit; returns where there is none.
    func judge() throws(SensitiveColumns) {
        let findings = plan.names.indices.compactMap(finding)
        guard findings.isEmpty else { throw SensitiveColumns(findings: findings) }
    }

    private func isJudged(_ column: Int) -> Bool {
        column != plan.panColumn && !plan.isDropped[column]
    }

    private func finding(_ column: Int) -> ColumnFinding? {
        guard isJudged(column) else { return nil }
        let name = plan.names[column]
        let tally = tallies[column]
        func found(_ kind: SensitiveKind, _ evidence: ColumnFinding.Evidence) -> ColumnFinding {
            ColumnFinding(column: column, name: name, kind: kind, evidence: evidence)
        }
        if let kind = SensitiveKind(columnName: name) { return found(kind, .name) }
        if tally.holdsTrack { return found(.track, .values) }
        if tally.cardNumberCount > 0 && 2 * tally.cardNumberCount >= tally.valueCount {
            return found(.pan, .values)
        }
        if tally.codes.looksLikeCodes && !kept.contains(column) {
            return found(.verificationCode, .shapeOfValues)
        }
        return nil
    }
}

extension Span<UInt8> {
    /// What is left without the spaces at either end.
    fileprivate var trimmed: Range<Int> {
        var start = 0
        var end = count
        while start < end && self[start] == UInt8(ascii: " ") { start += 1 }
        while start < end && self[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return start..<end
    }
}
