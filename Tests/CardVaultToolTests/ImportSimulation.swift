// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

/// An import without a vault: the token of a row is `T` and the offset of its end.
extension ImportJournalTests {
    func identity() -> ImportIdentity {
        ImportIdentity(
            inputByteCount: Self.input.utf8.count, headerLine: "id,pan", panColumn: "pan",
            format: "opaque", narrow: "reject", ignoresLuhn: false, droppedColumns: [],
            scope: "default",
            vaultID: "00")
    }

    func paths(_ scratch: Scratch) -> ImportPaths {
        ImportPaths(output: scratch.file("out"), rejects: scratch.file("bad"))
    }

    func drop(_ beginning: consuming ImportJournal.Beginning) {}

    /// Imports, in this step of rows; nil where it was stopped before the end.
    @discardableResult
    func run(
        _ scratch: Scratch, batch: Int, resuming: Bool = false,
        stoppingAfter limit: Int = .max
    ) throws -> ImportProgress? {
        let input = try scratch.write(Self.input.utf8)
        switch try ImportJournal.begin(identity(), at: paths(scratch), resuming: resuming) {
        case .finished(let progress): return progress
        case .open(let opened):
            var journal = opened
            guard try importRows(of: input, to: &journal, batch, limit) else { return nil }
            return try journal.finish()
        }
    }

    private func importRows(
        of input: String, to journal: inout ImportJournal, _ batch: Int, _ limit: Int
    ) throws -> Bool {
        let start = journal.progress.position
        var reader = CSVReader(try OpenFile.reading(input), from: start)
        if start == .start {
            _ = try reader.next()
            try journal.output.appendRaw("id,token".utf8.span)
            try journal.output.endRow()
        }
        var counts = (imported: 0, rejected: 0, all: 0)
        while counts.all < limit, let row = try reader.next() {
            counts.all += 1
            if row.fieldCount == 2 {
                try reader.withRawFields(0..<1) { try journal.output.appendRaw($0) }
                try journal.output.append(value: "T\(row.end.byteOffset)".utf8.span)
                try journal.output.endRow()
                counts.imported += 1
            } else {
                let fault = RowFault.fieldCount(found: row.fieldCount, expected: 2)
                try journal.rejects.append(line: row.start.line, fault)
                counts.rejected += 1
            }
            if counts.imported + counts.rejected == batch {
                try journal.commit(
                    row.end, imported: counts.imported, rejected: counts.rejected)
                (counts.imported, counts.rejected) = (0, 0)
            }
        }
        guard counts.all < limit else { return false }
        let end = CSVPosition(byteOffset: Self.input.utf8.count, line: 9)
        try journal.commit(end, imported: counts.imported, rejected: counts.rejected)
        return true
    }

    /// Makes the files that a kill leaves.
    func leave(_ crash: Crash, in scratch: Scratch) throws {
        switch crash {
        case .locked: break
        case .nextProgressTorn: try scratch.write("{\"ident".utf8, to: "out.progress.next")
        case .journalAlone: try ImportState(identity(), paths(scratch)).write(paths(scratch))
        case .outputPartMade:
            try leave(.journalAlone, in: scratch)
            try scratch.write([], to: "out.part")
        case .partsMade:
            try leave(.outputPartMade, in: scratch)
            try scratch.write([], to: "bad.part")
        case .partsGrown:
            try scratch.write(Self.output.utf8.prefix(20), to: "out.part")
            try scratch.write("line,rea".utf8, to: "bad.part")
            try ImportState(identity(), paths(scratch)).write(paths(scratch))
        case .commitTorn:
            #expect(try run(scratch, batch: 2, stoppingAfter: 4) == nil)
            try append("5,T27\n6,", to: scratch.file("out.part"))
            try scratch.write("{\"ident".utf8, to: "out.progress.next")
        case .complete: try leaveComplete("out.part", "bad.part", in: scratch)
        case .rejectsLinked:
            try leaveComplete("out.part", "bad.part", in: scratch)
            try FileManager.default.linkItem(
                atPath: scratch.file("bad.part"), toPath: scratch.file("bad"))
        case .rejectsNamed: try leaveComplete("out.part", "bad", in: scratch)
        case .outputLinked:
            try leaveComplete("out.part", "bad", in: scratch)
            try FileManager.default.linkItem(
                atPath: scratch.file("out.part"), toPath: scratch.file("out"))
        case .outputNamed: try leaveComplete("out", "bad", in: scratch)
        }
    }

    private func leaveComplete(
        _ output: String, _ rejects: String, in scratch: Scratch
    ) throws {
        var state = ImportState(identity(), paths(scratch))
        state.progress.isComplete = true
        state.progress.outputByteCount = Self.output.utf8.count
        state.progress.rejectsByteCount = Self.rejects.utf8.count
        try scratch.write(Self.output.utf8, to: output)
        try scratch.write(Self.rejects.utf8, to: rejects)
        try state.write(paths(scratch))
    }

    func append(_ text: String, to path: String) throws {
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    /// Both results, and nothing else beside the input.
    func expectResults(_ scratch: Scratch) throws {
        #expect(scratch.text("out") == Self.output)
        #expect(scratch.text("bad") == Self.rejects)
        #expect(Set(try scratch.names()).subtracting(["in.csv"]) == ["bad", "out"])
    }

    /// The identity of an import that differs in one property.
    func another(_ field: ImportIdentity.Field) -> ImportIdentity {
        var other = identity()
        switch field {
        case .inputByteCount: other.inputByteCount += 1
        case .inputModified: other.inputModified += 1
        case .headerLine: other.headerLine = "id,card"
        case .panColumn: other.panColumn = "id"
        case .format: other.format = "last-four"
        case .narrow: other.narrow = "last-four"
        case .ignoresLuhn: other.ignoresLuhn = true
        case .droppedColumns: other.droppedColumns = ["id"]
        case .scope: other.scope = "acme"
        case .vaultID: other.vaultID = "01"
        case .rejectsPath: break  // not of the identity: the test names another path
        }
        return other
    }
}
