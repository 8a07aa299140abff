// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("reseal") struct ResealTests {
    @Test func `seals every card under the latest keys`() async throws {
        let vault = try await behind()
        let old = try vault.keys("fingerprint", of: "default")[0]["id"] as? String
        #expect(
            try vault.run("reseal", "--threads", "3", "--rate", "10000")
                == .init(
                    output: """
                        Cards walked: 1. Sealed anew: 1. Search rows added: 1.
                        Ended: fingerprint key \(try #require(old)).

                        """))
        #expect(
            try vault.run("reseal")
                == .init(output: "Cards walked: 1. Sealed anew: 0. Search rows added: 0.\n"))
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
    }

    @Test func `takes the one scope that is named`() async throws {
        let vault = try await behind()
        #expect(
            try vault.run("reseal", "--scope", "acme")
                == .init(output: "Cards walked: 0. Sealed anew: 0. Search rows added: 0.\n"))
        #expect(try vault.run("reseal", "--scope", "none").isRefusal(1))
        #expect(
            try vault.run("reseal", "--scope", "default").output.hasPrefix(
                "Cards walked: 1. Sealed anew: 1."))
    }

    @Test func `writes nothing in a dry run`() async throws {
        let vault = try await behind()
        let before = try vault.contents()
        let entry = try vault.lastEntry()
        #expect(
            try vault.run("reseal", "--dry-run")
                == .init(
                    output: "Cards walked: 1. To be sealed anew: 1. Search rows to be added: 1.\n"))
        #expect(try vault.contents() == before)
        // The opening of the vault, and no deed besides.
        #expect(try vault.lastEntry() == entry + 1)
    }

    @Test func `lists the cards that do not open, and leaves them`() async throws {
        let vault = try await behind()
        try vault.spoilCard()
        let row = "SELECT sum(key) FROM cards"
        let before = try vault.query(row)
        let run = try vault.run("reseal")
        #expect(
            run
                == .init(
                    status: 5,
                    output: """
                        Cards walked: 1. Sealed anew: 0. Search rows added: 0.
                        An older fingerprint key of default stays, for cards that do not open.
                        Does not open: \(vault.token)

                        """,
                    error: """
                        card-vault: Cards that do not open: 1. Cards with changed search rows: 0.
                        Find out who could write the store. Restore such cards, or delete them; \
                        --overrule TOKEN gives one up.

                        """))
        #expect(try vault.query(row) == before)
    }

    @Test func `gives a card up that is overruled`() async throws {
        let vault = try await behind()
        try vault.spoilCard()
        let old = try vault.keys("fingerprint", of: "default")[0]["id"] as? String
        let run = try vault.run("reseal", "--overrule", vault.token, "--json")
        let report = try object(run.output)
        #expect(run.status == 5 && report["ended"] as? [String?] == [old])
        #expect(report["unreadable"] as? [String] == [vault.token])
        #expect(report["blocked"] as? [String] == [])
        #expect(try vault.run("reseal", "--overrule", "nonsense").isRefusal(1))
    }

    @Test func `lists and mends search rows that were changed`() async throws {
        let vault = try await ToolVault()
        try vault.execute("UPDATE fingerprints SET fingerprint = zeroblob(length(fingerprint))")
        let run = try vault.run("reseal")
        #expect(
            run.output.hasSuffix("Search row was changed, and is right again: \(vault.token)\n"),
            "\(run)")
        #expect(run.status == 5 && run.error.contains("Cards with changed search rows: 1."))
        let found = try vault.run("find", input: "4111111111111111\n")
        #expect(found.output.hasPrefix("token: \(vault.token)\n"))
        #expect(try vault.run("reseal").status == 0)
    }

    @Test func `speaks JSON`() async throws {
        let vault = try await behind()
        let report = try object(vault.run("reseal", "--json").output)
        #expect(
            Set(report.keys) == [
                "dryRun", "walked", "resealed", "indexed", "duplicates", "unreadable",
                "unreadableCount", "changed", "changedCount", "ended", "blocked", "damaged",
            ])
        #expect(report["walked"] as? Int == 1 && report["resealed"] as? Int == 1)
        #expect(report["dryRun"] as? Bool == false)
    }

    @Test(arguments: [
        ["--rate", "0"], ["--rate", "x"], ["--threads", "0"], ["--threads", "65"],
    ])
    func `refuses a pace that is none`(options: [String]) async throws {
        let vault = try await ToolVault()
        #expect(try vault.runJob(["reseal"] + options).isRefusal(2))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `ends after the page at hand when it is interrupted, and goes on`(
        signal: Int32
    ) async throws {
        let vault = try await behind()
        try await vault.fill(20)
        #expect(try vault.run("key", "rotate", "data", "--no-reseal").status == 0)
        // A page of one card a second.
        let tool = try vault.start("reseal", "--rate", "1")
        vault.awaitJob()
        tool.send(signal)
        let run = tool.finish()
        #expect(run.status == 1 && run.output.isEmpty, "\(run)")
        let said =
            /card-vault: Interrupted after [1-9] of 21 cards\.\nGo on with 'card-vault reseal'\.\n/
        #expect(run.error.wholeMatch(of: said) != nil, "\(run)")
        let rest = try object(vault.run("reseal", "--json").output)
        #expect(rest["walked"] as? Int == 21)
        #expect(try vault.query("SELECT count(DISTINCT key) FROM cards") == 1)
    }

    /// A vault whose card lies under older keys.
    private func behind() async throws -> ToolVault {
        let vault = try await ToolVault()
        for purpose in ["data", "fingerprint"] {
            #expect(try vault.run("key", "rotate", purpose, "--no-reseal").status == 0)
        }
        return vault
    }
}

extension ToolVault {
    /// Waits until a reseal has written how far it is.
    fileprivate func awaitJob() {
        for _ in 0..<60_000 {
            if (try? query("SELECT count(*) FROM registers WHERE register = 'jobs'")) == 1 {
                return
            }
            usleep(1000)
        }
        Issue.record("no page was written")
    }
}
