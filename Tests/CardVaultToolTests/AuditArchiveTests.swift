// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("audit archive") struct AuditArchiveTests {
    @Test func `moves old entries, and both parts verify, alone and joined`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("audit", "anchor", "--to", "anchors").status == 0)
        let anchored = try vault.lastEntry()
        #expect(try vault.run("scope", "list").status == 0)
        let run = try vault.run("audit", "archive", "--before", "2100-01-01", "--out", "old")
        let first = try vault.query("SELECT min(sequence) FROM audit")
        #expect(run == .init(output: "Moved to old, entries: \(first - 1).\n"))
        #expect(try vault.mode("old") == 0o600)
        #expect(
            try vault.verify("--anchor", "anchors")
                == .init(
                    output: """
                        Verified: entries \(first) to \(first + 1).
                        The sealed end of the log is there, after entry \(first + 1).
                        Whoever holds the keys could have rewritten entries \(first) to \
                        \(first + 1): no anchor has seen them.
                        Anchors of archived entries: 1. Hold them against the archives.

                        """))
        let old = try vault.verify("--export", "old", "--anchor", "anchors").output
        #expect(old.hasPrefix("Verified: entries 1 to \(first - 1).\nThe file stops before"))
        #expect(old.contains("Up to entry \(anchored) an anchor vouches for the log.\n"))
        let rest = try vault.run("audit", "export").output
        try vault.scratch.write((try #require(vault.scratch.text("old")) + rest).utf8, to: "all")
        let all = try vault.verify("--export", "all").output
        let last = try vault.lastEntry()
        #expect(all.hasPrefix("Verified: entries 1 to \(last).\nThe sealed end"))
        try vault.scratch.write(rest.utf8, to: "rest")
        #expect(
            try vault.verify("--export", "rest", "--anchor", "anchors").output.hasSuffix(
                "Anchors of earlier entries: 1. Hold them against earlier files.\n"))
    }

    @Test func `makes no file when nothing is old`() async throws {
        let vault = try await ToolVault()
        let arguments = ["audit", "archive", "--before", "2020-01-01T00:00:00Z", "--out", "old"]
        #expect(try run(arguments, vault) == .init(output: "No entry is that old.\n"))
        #expect(try run(arguments + ["--json"], vault) == .init(output: "{\"entries\":0}\n"))
        #expect(try vault.scratch.names().allSatisfy { !$0.hasPrefix("old") })
        #expect(try vault.query("SELECT min(sequence) FROM audit") == 1)
    }

    @Test func `moves nothing of a log that was altered`() async throws {
        let vault = try await ToolVault()
        try vault.execute(AuditVerifyTests.edit)
        let count = try vault.query("SELECT count(*) FROM audit")
        #expect(
            try run(["audit", "archive", "--before", "2100-01-01", "--out", "old"], vault)
                == .refusal(
                    5, "A record of the store was altered (audit entry 3).",
                    BadKeyringTests.evidence))
        #expect(try vault.scratch.names().allSatisfy { !$0.hasPrefix("old") })
        #expect(try vault.query("SELECT count(*) FROM audit") == count + 1)  // the unlock
    }

    @Test func `takes the place of no file`() async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("mine".utf8, to: "old")
        #expect(
            try run(["audit", "archive", "--before", "2100-01-01", "--out", "old"], vault)
                == .refusal(
                    1, "'old' is there already.", "Choose another --out, or move the file."))
        #expect(try vault.query("SELECT min(sequence) FROM audit") == 1)
    }

    private func run(_ arguments: [String], _ vault: ToolVault) throws -> Tool.Transcript {
        try Tool.run(arguments + ["--passphrase-file", "passphrase"], in: vault.scratch.path)
    }
}
