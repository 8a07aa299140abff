// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("Imports of two processes") struct ImportTogetherTests {
    /// More than a batch, so that each process writes twice.
    static let cardCount = 50_100

    @Test func `to one output are one after the other`() async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("pan\n5555555555554444\n".utf8)
        let first = try vault.startStalledImport()
        for options in [[], ["--resume"]] {
            let arguments = ["import", "kept.csv", "--pan-column", "pan", "--out", "out.csv"]
            #expect(
                try Tool.run(
                    arguments + options + ["--passphrase-file", "passphrase"],
                    in: vault.scratch.path)
                    == .refusal(
                        1, "Another import to 'out.csv' is running.",
                        "Wait for it, or choose another --out."))
        }
        first.kill()
        #expect(first.finish().status == 128 + SIGKILL)
        try vault.restoreInput()
        #expect(
            try vault.run(
                "import", "in.csv", "--pan-column", "pan", "--out", "out.csv", "--resume")
                == .init(output: "Imported to out.csv, rows: 1.\n"))
        #expect(try vault.cardCount() == 2)
    }

    @Test func `to two outputs give every card one token`() async throws {
        let vault = try await ToolVault()
        let cards = GeneratedCards.distinct(Self.cardCount)
        // Half of the cards of each are also the other's, in another order.
        let halves = [Array(cards.dropFirst(100)), cards.dropLast(100).reversed()]
        for (index, half) in halves.enumerated() {
            let text = "pan\n" + half.joined(separator: "\n") + "\n"
            try vault.scratch.write(text.utf8, to: "in\(index).csv")
        }
        let tools = try (0..<2).map {
            try vault.start("import", "in\($0).csv", "--pan-column", "pan", "--out", "out\($0).csv")
        }
        for tool in tools { #expect(tool.finish().status == 0) }
        var tokens: [String: Set<String>] = [:]
        for (index, half) in halves.enumerated() {
            let rows = try #require(vault.scratch.text("out\(index).csv")).split(separator: "\n")
            try #require(rows.count == half.count + 1)
            for (card, token) in zip(half, rows.dropFirst()) {
                tokens[card, default: []].insert(String(token))
            }
        }
        #expect(tokens.count == Self.cardCount && tokens.values.allSatisfy { $0.count == 1 })
        #expect(Set(tokens.values).count == Self.cardCount)
        #expect(try vault.cardCount() == Int64(Self.cardCount) + 1)
        #expect(try vault.query("SELECT count(*) FROM fingerprints") == Int64(Self.cardCount) + 1)
    }
}
