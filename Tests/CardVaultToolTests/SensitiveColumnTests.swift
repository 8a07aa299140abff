// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CardVaultTool

@Suite("Sensitive columns") struct SensitiveColumnTests {
    static let hint = "Leave such a column out with --drop-column NAME."
    static let cards = ["5555555555554444", "378282246310005", "6011111111111117"]

    /// Columns that stop an import: by their name, or by what they hold beside a card.
    static let columns: [(name: String, values: [String], why: String)] = [
        ("cvv", ["", "", ""], "is named like a card verification code"),
        ("CardCVC2", ["1", "2", "3"], "is named like a card verification code"),
        ("Track 2 Data", ["a", "b", "c"], "is named like track data"),
        ("pin_block", ["a", "b", "c"], "is named like a PIN or PIN block"),
        ("card_number", ["a", "b", "c"], "is named like a second card number"),
        (
            "extra", [";4111111111111111=27011200000012345?", "", ""],
            "holds track data"
        ),
        (
            "extra", ["4111 1111 1111 1111", "4012888888881881", ""],
            "holds a second card number"
        ),
        ("extra", ["123", "457", "921"], "looks like a card verification code"),
    ]

    @Test(arguments: columns)
    func `stop the import before it starts`(
        name: String, values: [String], why: String
    ) async throws {
        let vault = try await ToolVault()
        try write(name, values, to: vault)
        let before = try vault.files()
        let run = try vault.run("import", "in.csv", "--pan-column", "pan", "--out", "out.csv")
        #expect(run.isRefusal(1) && run.error.hasSuffix("\n\(Self.hint)\n"), "\(run)")
        #expect(run.error.contains("Column 2, '\(name)', \(why)"), "\(run)")
        #expect(try vault.files() == before)
        #expect(try vault.leaks(of: Self.cards + values, in: run, besides: ["in.csv"]).isEmpty)
    }

    @Test(arguments: columns)
    func `do not, when they are dropped`(
        name: String, values: [String], why: String
    ) async throws {
        let vault = try await ToolVault()
        try write(name, values, to: vault)
        let run = try vault.run(
            "import", "in.csv", "--pan-column", "pan", "--out", "out.csv", "--drop-column", name)
        #expect(run == .init(output: "Imported to out.csv, rows: 3.\n"))
        let rows = try #require(vault.scratch.text("out.csv")).split(separator: "\n")
        #expect(rows.first == "token,note" && rows.allSatisfy { $0.hasSuffix("note") })
        #expect(try vault.leaks(of: Self.cards + values, in: run, besides: ["in.csv"]).isEmpty)
    }

    @Test func `that only look like codes may be kept`() async throws {
        let vault = try await ToolVault()
        try write("extra", ["123", "457", "921"], to: vault)
        let run = try vault.run(
            "import", "in.csv", "--pan-column", "pan", "--out", "out.csv", "--keep-column",
            "extra")
        #expect(run == .init(output: "Imported to out.csv, rows: 3.\n"))
    }

    @Test func `that are named like codes may not be kept`() async throws {
        let vault = try await ToolVault()
        try write("cvv", ["123", "457", "921"], to: vault)
        let run = try vault.run(
            "import", "in.csv", "--pan-column", "pan", "--out", "out.csv", "--keep-column", "cvv")
        #expect(run.isRefusal(1))
    }

    @Test func `are all named at once`() async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("pan,cvv,track1\n5555555555554444,,\n".utf8)
        let run = try vault.run("import", "in.csv", "--pan-column", "pan", "--out", "out.csv")
        #expect(run.error.contains("'cvv'") && run.error.contains("'track1'") && run.isRefusal(1))
    }

    private func write(_ name: String, _ values: [String], to vault: ToolVault) throws {
        let rows = zip(Self.cards, values).map { "\($0),\($1),note\n" }
        try vault.scratch.write("pan,\(name),note\n\(rows.joined())".utf8)
    }
}
