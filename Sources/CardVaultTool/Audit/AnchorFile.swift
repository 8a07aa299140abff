// SPDX-License-Identifier: Apache-2.0
internal import CardVault

/// A file of anchors, one a line.
struct AnchorFile {
    /// How many lines a file has at most: one an hour for eleven years.
    static let lineLimit = 100_000
    private static let lineByteLimit = 512

    let anchors: [AuditAnchor]
    /// The numbers of lines that are no anchors: a full disk may have torn one.
    let badLines: [Int]

    /// Reads every anchor.
    ///
    /// - Throws: ``ToolError/badAnchor(line:)`` when no line is an anchor,
    ///   ``ToolError/tooManyAnchors(limit:)``, ``FileError``.
    init(_ path: String) throws {
        var lines = LineReader(try OpenFile.reading(path), byteLimit: Self.lineByteLimit)
        var (anchors, badLines): ([AuditAnchor], [Int]) = ([], [])
        while let line = try lines.next() {
            let count = anchors.count + badLines.count
            guard count < Self.lineLimit else {
                throw ToolError.tooManyAnchors(limit: Self.lineLimit)
            }
            if let anchor = AuditAnchor(line) {
                anchors.append(anchor)
            } else {
                badLines.append(count + 1)
            }
        }
        if anchors.isEmpty, let line = badLines.first { throw ToolError.badAnchor(line: line) }
        self.anchors = anchors
        self.badLines = badLines
    }

    /// Appends an anchor durably; a file that is not there is made, for its owner alone.
    static func append(_ anchor: AuditAnchor, to path: String) throws(FileError) {
        let file = try OpenFile.appending(path)
        // A line that a full disk tore stays what it is, and does not spoil the next.
        let last = try file.lastByte ?? .lineFeed
        try file.append(((last == .lineFeed ? "" : "\n") + anchor.description + "\n").utf8.span)
        try file.sync()
        try FileName.syncFolder(of: path)
    }
}
