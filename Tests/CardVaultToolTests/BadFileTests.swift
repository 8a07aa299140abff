// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("Bad files of cards") struct BadFileTests {
    static let mend = "Mend the input file or its options."
    static let good = "5555555555554444"

    /// Files that are refused as a whole, the column of cards being `pan`.
    static let refused: [(name: String, text: String, message: String)] = [
        ("empty", "", "The file is empty: it has no header."),
        ("blank", "\r\n\n", "The file is empty: it has no header."),
        ("mark alone", "\u{FEFF}", "The file is empty: it has no header."),
        ("missing column", "id,card\n1,\(good)\n", "The header has no column 'pan'."),
        ("other case", "id,PAN\n1,\(good)\n", "The header has no column 'pan'."),
        ("two columns", "pan,id,pan\n\(good),1,2\n", "Columns 1 and 3 have the same name."),
        (
            "no header", "1,\(good)\n2,378282246310005\n",
            "Column 2 of the header has digits for a name: perhaps there is no header."
        ),
        ("torn header", "id,\"pan\n1,2\n", "The header is refused: A quote is never closed."),
    ]

    @Test(arguments: refused)
    func `are refused before anything is made`(
        name: String, text: String, message: String
    ) async throws {
        let vault = try await ToolVault()
        try vault.scratch.write(text.utf8)
        try expectNothing(vault, .refusal(1, message, Self.mend))
    }

    @Test func `that are missing are not imported`() async throws {
        let vault = try await ToolVault()
        let run = try importing(vault)
        #expect(run.isRefusal(4) && run.error.contains("system error 2"))
        #expect(try vault.scratch.names().filter { $0.hasPrefix("out") }.isEmpty)
    }

    @Test func `that are folders are not imported`() async throws {
        let vault = try await ToolVault()
        try FileManager.default.createDirectory(
            atPath: vault.scratch.file("in.csv"), withIntermediateDirectories: false)
        #expect(try importing(vault).isRefusal(4))
        #expect(try vault.scratch.names().filter { $0.hasPrefix("out") }.isEmpty)
    }

    @Test func `with more than 4,096 columns are refused`() async throws {
        let vault = try await ToolVault()
        try vault.scratch.write(("pan" + String(repeating: ",", count: 4096) + "\n").utf8)
        let message = "The row at line 1 has more than 4096 columns."
        try expectNothing(vault, .refusal(1, message, Self.mend))
    }

    @Test(arguments: [false, true])
    func `with a row over 1 MiB are refused at its line`(isQuoted: Bool) async throws {
        let vault = try await ToolVault()
        let note =
            isQuoted
            ? "\"" + String(repeating: "n\n", count: 1 << 19)
            : String(repeating: "n", count: 1 << 20)
        try vault.scratch.write("pan,note\n\(Self.good),short\n378282246310005,\(note)\n".utf8)
        let message =
            "The row at line 3 has more than 1048576 bytes; perhaps a quote in it is never closed."
        try expectNothing(vault, .refusal(1, message, Self.mend))
    }

    @Test func `with a row too long beyond the sample are refused as well`() async throws {
        let vault = try await ToolVault()
        let cards = GeneratedCards.distinct(1500).map { "\($0),n\n" }.joined()
        let long = "\(Self.good),\(String(repeating: "n", count: 1 << 20))\n"
        try vault.scratch.write("pan,note\n\(cards)\(long)".utf8)
        let before = try vault.files()
        let run = try importing(vault)
        #expect(run.isRefusal(1) && run.error.contains("The row at line 1502 has more than"))
        #expect(try vault.files() == before)
    }

    @Test func `lose their bad rows alone`() async throws {
        let vault = try await ToolVault()
        var bytes = Array("id,pan,note\na,\(Self.good),ok\n".utf8)
        bytes += Array("b,378282246310005\nc,378282246310005,x,y\n".utf8)
        bytes += Array("d,378282246310005,".utf8) + [0xC3, 0x28] + Array("\n".utf8)
        bytes += Array("e,\"378282246310005\"x,n\nf,3782\"82246310005,n\n".utf8)
        bytes += Array("g,378282246310005,".utf8) + [0] + Array("\nh,378282\r246310005,n\n".utf8)
        bytes += Array("i,6011111111111117,ok\nj,\"378282246310005,n\n".utf8)
        try vault.scratch.write(bytes)
        let run = try importing(vault)
        #expect(
            run
                == .refusal(
                    1, "Refused rows: 8. All others are done.",
                    "Read why in out.csv.rejects.csv.", output: "Imported to out.csv, rows: 2.\n"))
        #expect(
            vault.scratch.text("out.csv.rejects.csv") == """
                line,reason
                3,"The row has 2 fields, the header 3."
                4,"The row has 4 fields, the header 3."
                5,The row is not valid UTF-8.
                6,Text follows a closing quote.
                7,A quote stands inside a field without quotes.
                8,The row holds a NUL byte.
                9,A carriage return stands without a line feed.
                11,A quote is never closed.

                """)
        let rows = try #require(vault.scratch.text("out.csv")).split(separator: "\n")
        #expect(rows.map { $0.prefix(2) } == ["id", "a,", "i,"])
        #expect(rows.dropFirst().allSatisfy { $0.contains(",tok_") && $0.hasSuffix(",ok") })
        let numbers = [Self.good, "378282246310005", "6011111111111117"]
        #expect(try vault.leaks(of: numbers, in: run, besides: ["in.csv"]).isEmpty)
    }

    @Test func `with a card number or a track in another column lose those rows`() async throws {
        let vault = try await ToolVault()
        let rows = [
            "\(Self.good),was 5555-5555 55554444 before",
            "378282246310005,;378282246310005=27011200000012345?",
            "3566002020360505,see 4012888888881881",
            "6011111111111117,B4111111111111111^DOE/J^27011200000?",
        ]
        let clean = GeneratedCards.distinct(1000).map { "\($0),fine\n" }.joined()
        try vault.scratch.write("pan,note\n\(clean)\(rows.joined(separator: "\n"))\n".utf8)
        let run = try importing(vault)
        #expect(run.status == 1)
        #expect(
            vault.scratch.text("out.csv.rejects.csv") == """
                line,reason
                1002,Column 'note' holds the card number of the row.
                1003,Column 'note' holds track data.
                1004,Column 'note' holds another card number.
                1005,Column 'note' holds track data.

                """)
        let numbers = [Self.good, "378282246310005", "4012888888881881", "4111111111111111"]
        #expect(try vault.leaks(of: numbers, in: run, besides: ["in.csv"]).isEmpty)
    }

    private func importing(_ vault: ToolVault) throws -> Tool.Transcript {
        try vault.run("import", "in.csv", "--pan-column", "pan", "--out", "out.csv")
    }

    private func expectNothing(_ vault: ToolVault, _ refusal: Tool.Transcript) throws {
        let before = try vault.files()
        let run = try importing(vault)
        #expect(run == refusal)
        #expect(try vault.files() == before)
        let numbers = [Self.good, "378282246310005"]
        #expect(try vault.leaks(of: numbers, in: run, besides: ["in.csv"]).isEmpty)
    }
}
