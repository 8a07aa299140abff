// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("Imports") struct ImportTests {
    static let visa = "4111111111111111"
    static let amex = "378282246310005"

    @Test func `leave every other column as it was`() async throws {
        let vault = try await ToolVault()
        let text = """
            \u{FEFF}id,"the ""pan"" here",note,empty\r
            1,5555 5555 5555 4444,"a, ""b""
            and c",\r
            " 2 ","5555-5555-5555-4444", spaces  ,\r
            \r
            3,5555555555554444,é 漢字 🂡,""
            """
        try vault.scratch.write(text.utf8)
        let run = try vault.run(
            "import", "in.csv", "--pan-column", "the \"pan\" here", "--out", "out.csv")
        #expect(run == .init(output: "Imported to out.csv, rows: 3.\n"))
        let output = try #require(vault.scratch.text("out.csv"))
        let token = try #require(output.firstMatch(of: /tok_[0-9A-Z]{26}/)).output
        #expect(
            output == """
                id,token,note,empty
                1,\(token),"a, ""b""
                and c",
                " 2 ",\(token), spaces  ,
                3,\(token),é 漢字 🂡,""

                """)
        #expect(vault.scratch.text("out.csv.rejects.csv") == "line,reason\n")
        #expect(try vault.detokenized(token) == "5555555555554444")
    }

    @Test func `name the column of tokens`() async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.imported("id,card_number\n1,\(Self.visa)\n", "card_number")[0] == "id,token")
        let other = try await ToolVault()
        #expect(
            try other.imported("token,card_number\n1,\(Self.visa)\n", "card_number")[0]
                == "token,card_number")
    }

    @Test func `give the same card the same token, then and ever after`() async throws {
        let vault = try await ToolVault()
        let cards = [Self.visa, Self.amex, "4111-1111-1111-1111", Self.amex, Self.visa]
        let text = "pan\n" + cards.map { "\($0)\n" }.joined()
        let first = try vault.imported(text, "pan")
        #expect(first == ["token", vault.token, first[2], vault.token, first[2], vault.token])
        #expect(try vault.imported(text, "pan", to: "again.csv") == first)
        #expect(try vault.cardCount() == 2)
    }

    @Test func `go to a scope by its name`() async throws {
        let vault = try await ToolVault()
        let rows = try vault.imported("pan\n\(Self.visa)\n", "pan", ["--scope", "acme"])
        #expect(rows[1] != vault.token)
        #expect(try vault.run("show", rows[1], "--scope", "acme").status == 0)
        #expect(try vault.run("show", rows[1]).status == 1)
        #expect(
            try vault.run(
                "import", "in.csv", "--pan-column", "pan", "--out", "o.csv", "--scope", "none")
                == .refusal(
                    1, "There is no such scope.", "List the scopes with 'card-vault scope list'."))
        #expect(vault.scratch.text("o.csv.progress") == nil)
    }

    @Test(arguments: [("last-four", ""), ("bin-last-four", "411111")])
    func `give tokens of a format`(format: String, head: String) async throws {
        let vault = try await ToolVault()
        let rows = try vault.imported("pan\n\(Self.visa)\n", "pan", ["--format", format])
        let token = rows[1]
        #expect(token.count == 16 && token.hasPrefix(head) && token.hasSuffix("1111"))
        #expect(token != Self.visa && token.allSatisfy(\.isNumber))
        #expect(try vault.detokenized(token[...]) == Self.visa)
        let found = try vault.run("find", "--format", format, input: Self.visa)
        #expect(found.output.hasPrefix("token: \(token)\nformat: \(format)\n"))
    }

    @Test func `refuse cards that are too short for the format`() async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("pan\n\(Self.visa)\n\(Self.amex)\n".utf8)
        let run = try vault.run(
            "import", "in.csv", "--pan-column", "pan", "--out", "out.csv", "--format",
            "bin-last-four", "--rejects", "bad.csv")
        #expect(
            run
                == .refusal(
                    1, "Refused rows: 1. All others are done.", "Read why in bad.csv.",
                    output: "Imported to out.csv, rows: 1.\n"))
        #expect(
            vault.scratch.text("bad.csv")
                == "line,reason\n3,The format leaves fewer than six random digits for this card.\n")
        #expect(vault.scratch.text("out.csv.rejects.csv") == nil)
    }

    @Test func `give cards that are too short another format on request`() async throws {
        let vault = try await ToolVault()
        let rows = try vault.imported(
            "pan\n\(Self.visa)\n\(Self.amex)\n", "pan",
            ["--format", "bin-last-four", "--narrow", "last-four"])
        #expect(rows[1].hasPrefix("411111") && rows[1].hasSuffix("1111"))
        #expect(rows[2].count == 15 && !rows[2].hasPrefix("378282") && rows[2].hasSuffix("0005"))
        #expect(try vault.detokenized(rows[2][...]) == Self.amex)
    }

    @Test func `leave out columns that are dropped`() async throws {
        let vault = try await ToolVault()
        let rows = try vault.imported(
            "a,b,pan,c,d\n1,2,\(Self.visa),3,4\n", "pan",
            ["--drop-column", "a", "--drop-column", "c"])
        #expect(rows == ["b,token,d", "2,\(vault.token),4"])
    }

    @Test func `take a card that fails Luhn on request`() async throws {
        let vault = try await ToolVault()
        let rows = try vault.imported("pan\n4111111111111112\n", "pan", ["--ignore-luhn"])
        #expect(try vault.detokenized(rows[1][...]) == "4111111111111112")
    }

    @Test func `of a header alone give a header alone`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.imported("id,pan\n", "pan") == ["id,token"])
    }

    @Test func `report as JSON`() async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("pan\n\(Self.visa)\nx\n".utf8)
        let run = try vault.run(
            "import", "in.csv", "--pan-column", "pan", "--out", "out.csv", "--json")
        #expect(run.output == #"{"refused":1,"rows":1}"# + "\n" && run.status == 1)
    }

    @Test(arguments: ["in.csv", "cards.db", "keyring.json", "passphrase", "other.csv"])
    func `write over no file`(out: String) async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("pan\n\(Self.amex)\n".utf8)
        try vault.scratch.write("mine".utf8, to: "other.csv")
        let before = try vault.contents()
        for option in [["--out", out], ["--out", "new.csv", "--rejects", out]] {
            let arguments = ["import", "in.csv", "--pan-column", "pan"] + option
            #expect(
                try Tool.run(
                    arguments + ["--passphrase-file", "passphrase"], in: vault.scratch.path)
                    == .refusal(
                        1, "'\(out)' is there already.", "Choose another --out, or move the file."))
        }
        #expect(try vault.contents() == before)
    }

    @Test(arguments: ["none/out.csv", "passphrase/out.csv", "none/"])
    func `need a folder for their output`(out: String) async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("pan\n\(Self.amex)\n".utf8)
        let before = try vault.contents()
        let run = try vault.run("import", "in.csv", "--pan-column", "pan", "--out", out)
        #expect(run.isRefusal(4) && run.error.contains("--out"), "\(run)")
        #expect(try vault.contents() == before)
    }
}

extension ToolVault {
    /// The lines that an import of these rows gives.
    func imported(
        _ text: String, _ column: String, _ options: [String] = [], to out: String = "out.csv"
    ) throws -> [String] {
        try scratch.write(text.utf8)
        let arguments = ["import", "in.csv", "--pan-column", column, "--out", out] + options
        let run = try Tool.run(
            arguments + ["--passphrase-file", "passphrase"], in: scratch.path)
        guard run.status == 0, let lines = scratch.text(out) else { return ["\(run)"] }
        return lines.split(separator: "\n").map(String.init)
    }

    /// The card number of a token of the scope `default`.
    func detokenized(_ token: Substring) throws -> String {
        let run = try run("detokenize", String(token), "--purpose", "test")
        return String(run.output.dropLast())
    }
}
