// SPDX-License-Identifier: Apache-2.0
import CardVault
import Foundation
import Testing

@testable import CardVaultTool

@Suite("Interrupted imports") struct ImportInterruptedTests {
    @Test func `go on where they were, and no card gets a second token`() async throws {
        let vault = try await ToolVault()
        let cards = GeneratedCards.distinct(60_000)
        let rows = cards.map { "\($0),x\n" } + cards.prefix(1000).map { "\($0),y\n" }
        try vault.scratch.write(("pan,note\n" + rows.joined()).utf8)
        let arguments = ["import", "in.csv", "--pan-column", "pan", "--out", "out.csv", "--resume"]
        let tool = try Tool(
            arguments + ["--passphrase-file", "passphrase"], in: vault.scratch.path)
        vault.awaitFile("out.csv.progress", saying: #""importedRowCount":50000"#)
        tool.kill()
        #expect(tool.finish().status == 128 + SIGKILL)
        let shown = try #require(vault.scratch.text("out.csv.part")).split(separator: "\n")
        let stored = try vault.storedTokens()
        for row in shown.dropFirst().prefix(50_000) {
            #expect(try stored.contains(Token(String(row.dropLast(2))).stored))
        }
        let journal = try #require(vault.scratch.text("out.csv.progress"))
        #expect(!Leaks(of: Array(cards.prefix(20))).areIn(journal.utf8))
        let run = try Tool.run(
            arguments + ["--passphrase-file", "passphrase"], in: vault.scratch.path)
        #expect(run == .init(output: "Imported to out.csv, rows: 61000.\n"))
        let output = try #require(vault.scratch.text("out.csv")).split(separator: "\n").dropFirst()
        let tokens = output.map { $0.dropLast(2) }
        #expect(tokens.count == 61_000 && Set(tokens).count == 60_000)
        #expect(tokens.prefix(1000).elementsEqual(tokens.suffix(1000)))
        #expect(try vault.cardCount() == 60_001)
        for index in [0, 49_999, 50_000, 59_999] {
            #expect(try vault.detokenized(tokens[index]) == cards[index])
        }
        let names = try vault.files().keys.filter { $0.hasPrefix("out") }
        #expect(Set(names) == ["out.csv", "out.csv.rejects.csv"])
    }

    @Test func `do not go on as another import`() async throws {
        let vault = try await interrupted()
        let before = try vault.contents()
        let changes: [([String], String)] = [
            (["--format", "last-four"], "token format"),
            (["--narrow", "last-four"], "rule for narrow formats"),
            (["--ignore-luhn"], "rule for check digits"), (["--scope", "acme"], "scope"),
            (["--drop-column", "note"], "dropped columns"),
            (["--rejects", "bad.csv"], "rejects file"),
        ]
        for (options, field) in changes {
            #expect(
                try resume(vault, options)
                    == .refusal(
                        1, "The interrupted import was another: the \(field) differs.",
                        "Resume with the same input and options, or start anew with another --out.")
            )
        }
        #expect(try vault.contents() == before)
        #expect(try resume(vault, []) == .init(output: "Imported to out.csv, rows: 2.\n"))
    }

    @Test(arguments: [
        ("pan,note\n5555555555554444,a\n", "size of the input"),
        ("pan,note\n5555555555554444,a\n378282246310005,c\n", "time of change of the input"),
    ])
    func `do not go on with another input`(text: String, field: String) async throws {
        let vault = try await interrupted()
        try vault.scratch.write(text.utf8)
        let run = try resume(vault, [])
        #expect(run.isRefusal(1) && run.error.contains("the \(field) differs"), "\(run)")
    }

    @Test func `do not begin again by accident`() async throws {
        let vault = try await interrupted()
        let before = try vault.contents()
        #expect(
            try vault.run("import", "in.csv", "--pan-column", "pan", "--out", "out.csv")
                == .refusal(
                    1, "An interrupted import to 'out.csv' is there.", "Go on with --resume."))
        #expect(try vault.contents() == before)
    }

    @Test func `that are over do not go on`() async throws {
        let vault = try await interrupted()
        #expect(try resume(vault, []).status == 0)
        let before = try vault.contents()
        #expect(
            try resume(vault, [])
                == .refusal(
                    1, "'out.csv' is there already.", "Choose another --out, or move the file."))
        #expect(try vault.contents() == before)
    }

    private func resume(_ vault: ToolVault, _ options: [String]) throws -> Tool.Transcript {
        let arguments = ["import", "in.csv", "--pan-column", "pan", "--out", "out.csv", "--resume"]
        return try Tool.run(
            arguments + options + ["--passphrase-file", "passphrase"], in: vault.scratch.path)
    }

    /// A vault with an import that was killed before its first batch was stored.
    private func interrupted() async throws -> ToolVault {
        let vault = try await ToolVault()
        try vault.scratch.write("pan,note\n5555555555554444,a\n378282246310005,b\n".utf8)
        let tool = try vault.startStalledImport()
        tool.kill()
        #expect(tool.finish().status == 128 + SIGKILL)
        try vault.restoreInput()
        return vault
    }
}
