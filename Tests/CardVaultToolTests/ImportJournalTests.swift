// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("Import journal") struct ImportJournalTests {
    static let input = "id,pan\n1,x\n2\n3,\"y\n\"\n4,z\n5,\n6,w\n"
    static let output = "id,token\n1,T11\n3,T20\n4,T24\n5,T27\n6,T31\n"
    static let rejects = "line,reason\n3,\"The row has 1 fields, the header 2.\"\n"

    @Test(arguments: 1...7)
    func `leads to the results`(batch: Int) throws {
        let scratch = try Scratch()
        let progress = try run(scratch, batch: batch)
        #expect(scratch.text("out") == Self.output)
        #expect(scratch.text("bad") == Self.rejects)
        #expect(try scratch.names() == ["bad", "in.csv", "out"])
        #expect(progress?.importedRowCount == 5)
        #expect(progress?.rejectedRowCount == 1)
    }

    @Test(arguments: 0...6, 1...3)
    func `goes on after a stop at any row`(rowCount: Int, batch: Int) throws {
        let scratch = try Scratch()
        #expect(try run(scratch, batch: batch, stoppingAfter: rowCount) == nil)
        // What had reached the files after the last commit, and only there.
        try append("9,T99\n", to: scratch.file("out.part"))
        try append("99,lost\n", to: scratch.file("bad.part"))
        try run(scratch, batch: batch, resuming: true)
        try expectResults(scratch)
    }

    @Test func `goes on after a stop between any two rows, over and over`() throws {
        let scratch = try Scratch()
        for _ in 0..<6 {
            #expect(try run(scratch, batch: 1, resuming: true, stoppingAfter: 1) == nil)
        }
        try run(scratch, batch: 1, resuming: true)
        try expectResults(scratch)
    }

    /// The files as a kill leaves them between two steps of beginning, committing and finishing.
    enum Crash: CaseIterable {
        case locked, nextProgressTorn, journalAlone, outputPartMade, partsMade, partsGrown
        case commitTorn, complete, rejectsLinked, rejectsNamed, outputLinked, outputNamed
    }

    @Test(arguments: Crash.allCases)
    func `goes on after a kill`(_ crash: Crash) throws {
        let scratch = try Scratch()
        try leave(crash, in: scratch)
        try scratch.write([], to: "out.progress.lock")
        try run(scratch, batch: 2, resuming: true)
        try expectResults(scratch)
    }

    @Test(arguments: Crash.allCases.filter { $0 != .locked && $0 != .nextProgressTorn })
    func `asks for a word before it goes on`(_ crash: Crash) throws {
        let scratch = try Scratch()
        try scratch.write(Self.input.utf8)
        try leave(crash, in: scratch)
        let before = try scratch.names()
        #expect(throws: ImportError.unfinishedImport(path: scratch.file("out"))) {
            try run(scratch, batch: 2)
        }
        #expect(try scratch.names() == before)
    }

    @Test func `begins anew where there is nothing to resume`() throws {
        let scratch = try Scratch()
        try run(scratch, batch: 2, resuming: true)
        try expectResults(scratch)
    }

    @Test(arguments: ["out", "bad", "out.part", "bad.part"], [true, false])
    func `leaves every file that is there`(name: String, resuming: Bool) throws {
        let scratch = try Scratch()
        try scratch.write("mine".utf8, to: name)
        #expect(throws: ImportError.outputExists(path: scratch.file(name))) {
            try run(scratch, batch: 2, resuming: resuming)
        }
        #expect(scratch.text(name) == "mine")
        #expect(try scratch.names() == [name, "in.csv"].sorted())
    }

    @Test(arguments: ["out", "bad"], [Crash.complete, .partsMade])
    func `leaves a file that took the name meanwhile`(name: String, _ crash: Crash) throws {
        let scratch = try Scratch()
        try leave(crash, in: scratch)
        try scratch.write("mine".utf8, to: name)
        #expect(throws: ImportError.outputExists(path: scratch.file(name))) {
            try run(scratch, batch: 2, resuming: true)
        }
        #expect(scratch.text(name) == "mine")
        #expect(scratch.text("out.progress") != nil)
    }

    @Test func `takes back what it made when it cannot begin`() throws {
        let scratch = try Scratch()
        let paths = ImportPaths(output: scratch.file("out"), rejects: scratch.file("none/bad"))
        #expect(throws: ImportError.self) {
            _ = try ImportJournal.begin(identity(), at: paths, resuming: false)
        }
        #expect(try scratch.names() == [])
    }

    @Test func `admits one importer at a time`() throws {
        let scratch = try Scratch()
        let first = try ImportJournal.begin(identity(), at: paths(scratch), resuming: false)
        #expect(throws: ImportError.alreadyRunning(path: scratch.file("out"))) {
            _ = try ImportJournal.begin(identity(), at: paths(scratch), resuming: true)
        }
        drop(first)
        let again = try ImportJournal.begin(identity(), at: paths(scratch), resuming: true)
        drop(again)
    }

    @Test func `keeps a lock file that holds something`() throws {
        let scratch = try Scratch()
        try scratch.write("mine".utf8, to: "out.progress.lock")
        try run(scratch, batch: 2)
        #expect(scratch.text("out.progress.lock") == "mine")
    }

    @Test(arguments: ImportIdentity.Field.allCases)
    func `refuses another import`(_ field: ImportIdentity.Field) throws {
        let scratch = try Scratch()
        try leave(.partsMade, in: scratch)
        let rejects = field == .rejectsPath ? "bad2" : "bad"
        let paths = ImportPaths(output: scratch.file("out"), rejects: scratch.file(rejects))
        #expect(throws: ImportError.notTheSameImport(field)) {
            _ = try ImportJournal.begin(another(field), at: paths, resuming: true)
        }
    }

    @Test(arguments: ["", "{", "{}", "[1]", "\u{0}\u{0}", "VERSION", "NEGATIVE"])
    func `refuses what is no journal`(_ text: String) throws {
        let scratch = try Scratch()
        try leave(.partsMade, in: scratch)
        let journal = try #require(scratch.text("out.progress"))
        let replaced =
            switch text {
            case "VERSION": journal.replacingOccurrences(of: "\"version\":1", with: "\"version\":2")
            case "NEGATIVE":
                journal.replacingOccurrences(
                    of: "\"outputByteCount\":0", with: "\"outputByteCount\":-1")
            default: text
            }
        #expect(replaced != journal)
        try scratch.write(replaced.utf8, to: "out.progress")
        #expect(throws: ImportError.journalUnreadable(path: scratch.file("out.progress"))) {
            try run(scratch, batch: 2, resuming: true)
        }
    }

    @Test(arguments: ["out.part", "bad.part"], [true, false])
    func `misses a part that is gone or shorter`(name: String, isGone: Bool) throws {
        let scratch = try Scratch()
        #expect(try run(scratch, batch: 1, stoppingAfter: 3) == nil)
        if isGone {
            try FileManager.default.removeItem(atPath: scratch.file(name))
        } else {
            try scratch.write("x".utf8, to: name)
        }
        #expect(throws: ImportError.partLost(path: scratch.file(name))) {
            try run(scratch, batch: 1, resuming: true)
        }
    }

    @Test(arguments: ["", ".part", ".progress", ".progress.next", ".progress.lock"])
    func `wants names of their own`(suffix: String) {
        let paths = ImportPaths(output: "/nowhere/out", rejects: "/nowhere/out" + suffix)
        #expect(throws: ImportError.sameFile) {
            _ = try ImportJournal.begin(identity(), at: paths, resuming: false)
        }
    }

    @Test func `keeps its files private`() throws {
        let scratch = try Scratch()
        #expect(try run(scratch, batch: 1, stoppingAfter: 2) == nil)
        for name in ["out.part", "bad.part", "out.progress"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: scratch.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }
}
