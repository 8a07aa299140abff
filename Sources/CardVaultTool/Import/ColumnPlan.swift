// SPDX-License-Identifier: Apache-2.0

/// Which columns of the input go to the output, and where the token stands among them.
struct ColumnPlan: Sendable {
    /// The names of all columns of the input.
    let names: [String]
    /// The column of card numbers, from 0.
    let panColumn: Int
    /// Whether each column is left out.
    let isDropped: [Bool]
    /// The columns kept before the card number, in runs of neighbours.
    let before: [Range<Int>]
    /// The columns kept after it.
    let after: [Range<Int>]

    /// Finds the columns by their names.
    ///
    /// - Throws: ``CSVError/missingColumn(name:)``, ``CSVError/panColumnDropped``.
    init(_ header: CSVHeader, pan: String, dropping dropped: [String] = []) throws(CSVError) {
        let panColumn = try header.index(of: pan)
        var isDropped = [Bool](repeating: false, count: header.names.count)
        for name in dropped { isDropped[try header.index(of: name)] = true }
        guard !isDropped[panColumn] else { throw .panColumnDropped }
        self.names = header.names
        self.panColumn = panColumn
        self.isDropped = isDropped
        self.before = runs(of: isDropped, in: 0..<panColumn)
        self.after = runs(of: isDropped, in: panColumn + 1..<isDropped.count)
    }
}

private func runs(of isDropped: [Bool], in columns: Range<Int>) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for column in columns where !isDropped[column] {
        if let last = runs.last, last.upperBound == column {
            runs[runs.count - 1] = last.lowerBound..<column + 1
        } else {
            runs.append(column..<column + 1)
        }
    }
    return runs
}
