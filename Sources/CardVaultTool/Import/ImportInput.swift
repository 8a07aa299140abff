// SPDX-License-Identifier: Apache-2.0

/// The CSV file of an import, once its header and the first rows have been looked at.
struct ImportInput: Sendable {
    let path: String
    let byteCount: Int
    let header: CSVHeader
    let plan: ColumnPlan

    /// Reads the header and refuses the file if a kept column is sensitive.
    ///
    /// - Throws: ``CSVError``, ``FileError``, ``SensitiveColumns``.
    init(
        path: String, panColumn: String, dropping dropped: [String], keeping kept: [String]
    ) throws {
        let file = try OpenFile.reading(path)
        byteCount = try file.byteCount
        var reader = CSVReader(file)
        let header = try CSVHeader.read(&reader)
        let plan = try ColumnPlan(header, pan: panColumn, dropping: dropped)
        let keptIndexes = try kept.map { try header.index(of: $0) }
        var columns = ColumnGuard(plan, keeping: Set(keptIndexes))
        try columns.sample(&reader)
        try columns.judge()
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
