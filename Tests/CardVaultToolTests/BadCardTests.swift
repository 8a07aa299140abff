// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CardVaultTool

/// Card numbers that are none, and why.
enum BadCards {
    static let all = [
        ("4111x11111111111", "The byte at offset 4 has no place in a card number."),
        ("4111111111111112", "The check digit of the card number is wrong."),
        ("4111111", "A card number has 8 to 19 digits, not 7."),
        ("41111111111111111111", "A card number has 8 to 19 digits, not 20."),
        ("card", "The byte at offset 0 has no place in a card number."),
        ("4111111111111111-", "The byte at offset 16 has no place in a card number."),
        ("٤١١١١١١١١١١١١١١١", "The byte at offset 0 has no place in a card number."),
    ]
}

@Suite("Bad card numbers") struct BadCardTests {
    static let hint = "Give the 8 to 19 digits of a card."

    @Test(arguments: BadCards.all)
    func `are not looked for`(text: String, reason: String) async throws {
        let vault = try await ToolVault()
        let before = try vault.files()
        let run = try vault.run("find", input: text + "\n")
        #expect(run == .refusal(1, reason, Self.hint))
        #expect(try vault.leaks(of: [text], in: run).isEmpty)
        #expect(try vault.files() == before)
    }

    @Test func `an empty input is no card number`() async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.run("find")
                == .refusal(1, "A card number has 8 to 19 digits, not 0.", Self.hint))
    }

    @Test(arguments: [66, 1 << 20])
    func `an endless input is no card number`(count: Int) async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.run("find", input: String(repeating: "4", count: count))
                == .refusal(
                    1, "The input is empty or too long.", "Give one line with what was asked for."))
    }

    @Test func `one that fails Luhn is looked for on request`() async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.run("find", "--ignore-luhn", input: "4111111111111112")
                == .refusal(1, "There is no such card in this scope.", "Look at --scope."))
    }

    @Test func `are not imported, and the rows around them are`() async throws {
        let vault = try await ToolVault()
        let rows = BadCards.all.enumerated().map { "\($0.offset),\($0.element.0)\n" }
        try vault.scratch.write(
            "id,pan\na,5555555555554444\n\(rows.joined())z,378282246310005\n".utf8)
        let run = try vault.run("import", "in.csv", "--pan-column", "pan", "--out", "out.csv")
        #expect(
            run
                == .refusal(
                    1, "Refused rows: 7. All others are done.",
                    "Read why in out.csv.rejects.csv.", output: "Imported to out.csv, rows: 2.\n"))
        let output = try #require(vault.scratch.text("out.csv")).split(separator: "\n")
        #expect(output.map { $0.prefix(2) } == ["id", "a,", "z,"])
        let reasons = BadCards.all.enumerated().map { row in
            let quote = row.element.1.contains(",") ? "\"" : ""
            return "\(row.offset + 3),\(quote)\(row.element.1)\(quote)\n"
        }
        #expect(
            vault.scratch.text("out.csv.rejects.csv") == "line,reason\n" + reasons.joined())
        #expect(try vault.cardCount() == 3)
        let numbers = BadCards.all.map(\.0) + ["5555555555554444", "378282246310005"]
        #expect(try vault.leaks(of: numbers, in: run, besides: ["in.csv"]).isEmpty)
    }
}

@Suite("Bad tokens") struct BadTokenTests {
    static let commands = [["show"], ["detokenize", "--purpose", "test"], ["delete"]]
    static let hint = "A token is 'tok_' and 26 characters, or 8 to 19 digits."

    @Test(arguments: [
        ("", 0), ("tok_", 4), ("tok_00000000000000000000000000x", 19), ("TOK_1", 5),
        ("tok_8ZZZZZZZZZZZZZZZZZZZZZZZZZ", 4), ("tok_0000000000000000000000000I", 29),
        ("tok_0123456789abcdefghjkmnpqrs", 14), ("12345678901234567890", 19), ("4111-1111", 4),
    ])
    func `that are none are refused`(text: String, offset: Int) async throws {
        let vault = try await ToolVault()
        let before = try vault.files()
        for command in Self.commands {
            let run = try Tool.run(
                command + ["--passphrase-file", "passphrase", "--", text], in: vault.scratch.path)
            #expect(
                run == .refusal(1, "This is no token: byte \(offset) does not fit.", Self.hint))
        }
        #expect(try vault.files() == before)
    }

    @Test(arguments: ["tok_00000000000000000000000000", "4012888888881881"])
    func `that are nobody's are not found`(text: String) async throws {
        let vault = try await ToolVault()
        try await expectNotFound(text, in: "default", vault)
    }

    @Test func `of another scope are not found, as if there were none`() async throws {
        let vault = try await ToolVault()
        try await expectNotFound(vault.token, in: "acme", vault)
        #expect(try vault.run("show", vault.token).status == 0)
    }

    @Test func `of a scope that is not there are not looked for`() async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.run("show", vault.token, "--scope", "nobody")
                == .refusal(
                    1, "There is no such scope.", "List the scopes with 'card-vault scope list'."))
    }

    private func expectNotFound(_ token: String, in scope: String, _ vault: ToolVault) async throws
    {
        let before = try vault.contents()
        for command in Self.commands {
            let options = ["--scope", scope, "--passphrase-file", "passphrase"]
            #expect(
                try Tool.run(command + [token] + options, in: vault.scratch.path)
                    == .refusal(
                        1, "There is no such token in this scope.",
                        "Look at the token, and at --scope."))
        }
        #expect(try vault.contents() == before)
    }
}
