// SPDX-License-Identifier: Apache-2.0

/// The CSV file of an import, once its header and the first rows have been looked at.
struct ImportInput: Sendable {
    let path: String
    let byteCount: Int
    let header: CSVHeader
    let plan: ColumnPlan
    /// When the file was changed last, in nanoseconds since 1970.
    let modified: Int
    /// Columns, from 0, whose numbers are no cards.
    let kept: Set<Int>

    /// Reads the whole file once, and refuses it if a kept column is sensitive or a row is too wide
    /// or too long: later, a part of it would have been imported.
    ///
    /// - Throws: ``CSVError``, ``FileError``, ``SensitiveColumns``.
    init(
        path: String, panColumn: String, dropping dropped: [String], keeping kept: [String]
    ) throws {
        let file = try OpenFile.reading(path)
        byteCount = try file.byteCount
        modified = try file.modified
        var reader = CSVReader(file)
        let header = try CSVHeader.read(&reader)
        let plan = try ColumnPlan(header, pan: panColumn, dropping: dropped)
        self.kept = Set(try kept.map { try header.index(of: $0) })
        var columns = ColumnGuard(plan, keeping: self.kept)
        try columns.sample(&reader)
        try columns.judge()
        while try reader.next() != nil {}
        self.path = path
        self.header = header
        self.plan = plan
    }

    /// A reader that goes on at a position.
    func rows(from position: CSVPosition) throws(FileError) -> CSVReader {
        CSVReader(try OpenFile.reading(path), from: position)
    }

    /// The name of the column of tokens: `token`, or the old name where that would be there twice.
    var tokenColumn: String {
        header.names.contains("token") ? header.names[plan.panColumn] : "token"
    }
}
