// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("audit export") struct AuditExportTests {
    static let rewritable = "Whoever holds the keys could have rewritten entries 1 to"

    @Test func `writes what can be verified without the store`() async throws {
        let vault = try await ToolVault()
        let run = try vault.run("audit", "export", "--out", "log.jsonl")
        let last = try vault.lastEntry()
        #expect(run == .init(output: "Exported to log.jsonl, entries: \(last).\n"))
        #expect(try vault.mode("log.jsonl") == 0o600)
        #expect(try vault.scratch.names().allSatisfy { !$0.hasSuffix(".part") })
        #expect(
            try vault.verify("--export", "log.jsonl", "--store", "none")
                == .init(
                    output: """
                        Verified: entries 1 to \(last).
                        The sealed end of the log is there, after entry \(last).
                        \(Self.rewritable) \(last): no anchor has seen them.

                        """))
    }

    @Test func `finds every line that was changed, removed, swapped or doubled`() async throws {
        let vault = try await ToolVault()
        let lines = try exported(vault)
        let count = lines.count - 1
        func altering(_ change: (inout String) -> Void) -> [String] {
            var all = lines
            change(&all[1])
            return all
        }
        let cases: [(lines: [String], sentence: String)] = [
            ([] + lines[..<1] + lines[2...], "Entry 2 is missing."),
            ([] + lines[..<(count - 1)] + lines[count...], "Entry \(count) is missing."),
            (lines[..<1] + [lines[2], lines[1]] + lines[3...], "Entry 2 is missing."),
            (lines[..<2] + [lines[1]] + lines[2...], "Entry 2 was inserted."),
            (altering { $0.replace("done", with: "gone") }, "Entry 2 was altered."),
            (altering { $0.append(" ") }, "Entry 2 was altered."),
            (altering { $0.append("\r") }, "Entry 2 was altered."),
            (altering { $0 = "" }, "Entry 2 was altered."),
            (altering { $0 = String(repeating: "x", count: 1 << 20) }, "Entry 2 was altered."),
            (
                lines.dropLast() + [lines[count].replacing(#"Kept":1"#, with: #"Kept":2"#)],
                "The sealed end of the log, after entry \(count), was altered."
            ),
            (lines.dropLast() + ["end"], "Entry \(count + 1) was altered."),
        ]
        for (lines, sentence) in cases {
            try vault.scratch.write((lines.joined(separator: "\n") + "\n").utf8, to: "bad")
            #expect(try vault.verify("--export", "bad") == .fault(sentence))
        }
    }

    /// To Swift two texts are equal that differ by the letter K and the Kelvin sign.
    @Test func `finds a letter that another takes the place of`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.detokenize(["--purpose", "KYC"]).status == 0)
        let lines = try exported(vault)
        let place = try #require(lines.firstIndex { $0.contains(#""KYC""#) })
        var other = lines
        other[place].replace(#""KYC""#, with: "\"\u{212a}YC\"")
        #expect(other == lines)
        try vault.scratch.write((other.joined(separator: "\n") + "\n").utf8, to: "bad")
        #expect(try vault.verify("--export", "bad") == .fault("Entry \(place + 1) was altered."))
    }

    @Test func `says where it was cut`() async throws {
        let vault = try await ToolVault()
        let lines = try exported(vault)
        let count = lines.count - 1
        try vault.scratch.write((lines.dropFirst().joined(separator: "\n") + "\n").utf8, to: "cut")
        #expect(
            try vault.verify("--export", "cut").output.hasPrefix(
                "Verified: entries 2 to \(count).\n"))
        // A file that lost its last newline has lost nothing.
        try vault.scratch.write(lines.dropLast().joined(separator: "\n").utf8, to: "cut")
        #expect(
            try vault.verify("--export", "cut")
                == .init(
                    output: """
                        Verified: entries 1 to \(count).
                        The file stops before the end of the log: later entries are elsewhere, \
                        or were cut off.
                        \(Self.rewritable) \(count): no anchor has seen them.

                        """))
        let json = try object(vault.verify("--export", "cut", "--json").output)
        #expect(json["complete"] as? Bool == false)
        try vault.scratch.write([], to: "cut")
        #expect(
            try vault.verify("--export", "cut").output.hasPrefix("There is no entry to verify.\n"))
    }

    @Test func `is held against anchors of its own entries`() async throws {
        let vault = try await ToolVault()
        let lines = try exported(vault)
        #expect(try vault.run("audit", "anchor", "--to", "anchors").status == 0)
        try vault.scratch.write((lines.joined(separator: "\n") + "\n").utf8, to: "log")
        #expect(
            try vault.verify("--export", "log", "--anchor", "anchors").output.hasSuffix(
                "Anchors of later entries: 1. Hold them against later files.\n"))
    }

    @Test func `has nothing after its end`() async throws {
        let vault = try await ToolVault()
        let lines = try exported(vault)
        let text = (lines + [lines[0]]).joined(separator: "\n") + "\n"
        try vault.scratch.write(text.utf8, to: "bad")
        #expect(
            try vault.verify("--export", "bad")
                == .fault(
                    "The file is no export or anchor of this vault's audit log "
                        + "(line \(lines.count + 1))."))
    }

    @Test func `is verified by its own vault alone`() async throws {
        let vault = try await ToolVault()
        let lines = try exported(vault)
        let golden = try GoldenFiles()
        try golden.scratch.write((lines.joined(separator: "\n") + "\n").utf8, to: "log")
        let run = try golden.run("audit", "verify", "--export", "log")
        #expect(run == .fault("Entry 1 was altered."))
    }

    @Test func `goes to standard output, from a moment on`() async throws {
        let vault = try await ToolVault()
        let none = try vault.run("audit", "export", "--since", "2100-01-01").output
        #expect(none.hasPrefix(#"{"vault":"#) && none.split(separator: "\n").count == 1)
        let all = try vault.run("audit", "export").output.split(separator: "\n")
        #expect(all.count == Int(try vault.lastEntry()) + 1)
        let since = try vault.run("audit", "export", "--since", "2020-01-01T00:00:00Z").output
        #expect(since.hasPrefix(all.dropLast().joined(separator: "\n") + "\n"))
    }

    @Test func `writes rows of CSV`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.detokenize(["--purpose", #"a "b", c"#]).status == 0)
        let run = try vault.run("audit", "export", "--format", "csv")
        let rows = run.output.split(separator: "\n")
        let last = try vault.lastEntry()
        #expect(
            rows[0] == "sequence,time,actor,action,outcome,purpose,origin,scope,asked,ids"
                && rows.count == Int(last) + 1 && run.status == 0)
        let row = try #require(rows.first { $0.contains(",detokenize,") })
        #expect(row.contains(#","\#(Operator.current.actor)",detokenize,done,"a ""b"", c","#))
        #expect(row.wholeMatch(of: /.*, pid [0-9]+",default,1,tok_\w{26}/) != nil)
    }

    @Test func `takes the place of no file and leaves none behind`() async throws {
        let vault = try await ToolVault()
        let move = "Choose another --out, or move the file."
        for name in ["log", "new.part"] { try vault.scratch.write("mine".utf8, to: name) }
        for (out, taken) in [("log", "log"), ("new", "new.part")] {
            #expect(
                try vault.run("audit", "export", "--out", out)
                    == .refusal(1, "'\(taken)' is there already.", move))
        }
        let run = try vault.runBare("audit", "export", "--out", "other", "--passphrase-file", "log")
        #expect(run.isRefusal(3))
        #expect(
            try vault.run("audit", "export", "--out", "none/log")
                == .refusal(
                    4, "The system cannot create a file: system error 2.",
                    "Look at the disk and the permissions."))
        #expect(vault.scratch.text("log") == "mine" && vault.scratch.text("new.part") == "mine")
        #expect(try vault.scratch.names().allSatisfy { !$0.hasPrefix("other") && $0 != "new" })
    }

    /// The lines of an export of everything.
    private func exported(_ vault: ToolVault) throws -> [String] {
        try vault.run("audit", "export").output.split(separator: "\n").map(String.init)
    }
}
