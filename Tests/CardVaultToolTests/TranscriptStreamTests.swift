// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CardVaultTool

@Suite("Streams") struct TranscriptStreamTests {
    static let unwritable = "Look at where standard output goes."

    @Test(arguments: [(">&-", 9), (">/dev/full", 28)])
    func `a result that cannot be written is a failure`(
        redirection: String, systemCode: Int
    ) async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.run("show", vault.token, shell: "\"$@\" \(redirection)")
                == .refusal(
                    4, "The result cannot be written: system error \(systemCode).", Self.unwritable)
        )
    }

    @Test func `a reader that goes away is no failure`() async throws {
        let vault = try await ToolVault()
        let run = try vault.run("key", "list", shell: #"{ "$@"; echo $? >&2; } | true"#)
        #expect(run == .init(error: "0\n"))
    }

    @Test(arguments: [("<&-", 1), (">&-", 4), ("2>&-", 1), ("<&- >&- 2>&-", 4)])
    func `a closed stream is never taken for a file`(
        redirection: String, status: Int32
    ) async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("id,pan\n1,5555555555554444\n2,oops\n".utf8)
        let run = try vault.run(
            "import", "in.csv", "--pan-column", "pan", "--out", "out.csv",
            shell: "\"$@\" \(redirection)")
        #expect(run.status == status)
        let rows = try #require(vault.scratch.text("out.csv")).split(separator: "\n")
        #expect(rows.count == 2 && rows[0] == "id,token" && rows[1].hasPrefix("1,tok_"))
        #expect(
            vault.scratch.text("out.csv.rejects.csv")
                == "line,reason\n3,The byte at offset 0 has no place in a card number.\n")
        #expect(try vault.run("show", vault.token).status == 0)
    }
}
