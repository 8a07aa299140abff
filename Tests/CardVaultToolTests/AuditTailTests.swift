// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVault
@testable import CardVaultTool

@Suite("audit tail") struct AuditTailTests {
    @Test func `shows who did what to what`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.detokenize(["--purpose", "dispute 7"]).status == 0)
        #expect(try vault.run("find", "--scope", "acme", input: ToolVault.storedCard).status == 1)
        let lines = try vault.run("audit", "tail", "--count", "6").output.split(separator: "\n")
        let last = try vault.lastEntry()
        let cells = lines.map { $0.split(separator: /\s\s+/).map(String.init) }
        #expect(
            cells[0] == [
                "SEQUENCE", "TIME", "ACTOR", "ACTION", "OUTCOME", "SCOPE", "PURPOSE", "ORIGIN",
                "SUBJECT",
            ])
        #expect(cells.dropFirst().map { $0[0] } == (last - 5...last).map { String($0) })
        #expect(cells.dropFirst().allSatisfy { $0.count == 9 })
        #expect(
            cells.dropFirst().map { Array($0[3...6]) } == [
                ["unlock", "done", "-", "-"],
                ["detokenize", "done", "default", "dispute 7"],
                ["unlock", "done", "-", "-"],
                ["find", "missing", "acme", "-"],
                ["unlock", "done", "-", "-"],
                ["audit-read", "done", "-", "-"],
            ])
        #expect(cells.dropFirst().map { $0[8] } == ["-", vault.token, "-", "-", "-", "-"])
        #expect(cells.dropFirst().allSatisfy { $0[2] == Operator.current.actor })
        let origin = /\S+, pid [0-9]+/
        #expect(cells.dropFirst().allSatisfy { $0[7].wholeMatch(of: origin) != nil })
    }

    @Test func `prints the lines of an export as JSON`() async throws {
        let vault = try await ToolVault()
        let tail = try vault.run("audit", "tail", "--count", "10000", "--json").output
        let export = try vault.run("audit", "export").output
        #expect(export.hasPrefix(tail) && tail.split(separator: "\n").count > 4)
    }

    @Test func `names the first of many`() throws {
        let tokens = try ["4000000000001000", "4000000000002000", "4000000000003000"].map {
            try Token($0)
        }
        #expect(AuditTable.subject(.none) == "-")
        #expect(AuditTable.subject(.tokens([], askedCount: 5)) == "5 asked")
        #expect(AuditTable.subject(.tokens([tokens[0]], askedCount: 5)) == "4000000000001000")
        #expect(
            AuditTable.subject(.tokens(tokens, askedCount: 5)) == "4000000000001000 and 2 more")
    }

    @Test func `has no card number in it, whatever was asked`() async throws {
        let vault = try await ToolVault()
        let numbers = [ToolVault.storedCard, "4012888888881881", "5555555555554444"]
        try vault.scratch.write("pan\n\(numbers[2])\noops\n".utf8)
        _ = try [
            vault.run("find", input: numbers[0]), vault.run("find", input: numbers[1]),
            vault.run("show", vault.token, "--scope", numbers[1]),
            vault.run("delete", numbers[1]),
            vault.run("import", "in.csv", "--pan-column", "pan", "--out", "out"),
            vault.detokenize(["--purpose", "for \(numbers[0])"]),
            vault.runBare("show", vault.token, "--passphrase-file", numbers[1]),
        ]
        #expect(try vault.run("audit", "export", "--out", "log").status == 0)
        let run = try vault.run("audit", "tail", "--count", "100")
        // A token that was asked for and is none may be on record: it was taken for one.
        let leaks = try vault.leaks(of: [numbers[0], numbers[2]], in: run, besides: ["in.csv"])
        #expect(leaks.isEmpty)
        for action in ["import", "find", "detokenize", "scope"] {
            #expect(run.output.contains("  \(action)  "), "\(run)")
        }
    }
}
