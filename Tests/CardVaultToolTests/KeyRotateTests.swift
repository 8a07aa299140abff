// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVault
@testable import CardVaultTool

@Suite("key rotate") struct KeyRotateTests {
    @Test(arguments: ["hold", "audit", "seal"])
    func `makes a new key of the vault`(purpose: String) async throws {
        let vault = try await ToolVault()
        let old = try vault.key(purpose)
        let run = try vault.run("key", "rotate", purpose)
        let new = try vault.key(purpose)
        #expect(
            run
                == .init(
                    output: "New \(purpose) key: \(new).\nIt takes the place of \(old).\n"))
        #expect(try vault.key(purpose, "deactivated") == old && new != old)
        #expect(try vault.run("audit", "verify").status == 0)
    }

    @Test func `of a scope key touches no card`() async throws {
        let vault = try await ToolVault()
        let old = try vault.key("scope", of: "default")
        let box = "SELECT sum(length(box)) + sum(key) FROM cards"
        let before = try vault.query(box)
        let run = try vault.run("key", "rotate", "scope")
        let new = try vault.key("scope", of: "default")
        #expect(
            run.output == "New scope key of default: \(new).\nIt takes the place of \(old).\n")
        #expect(try vault.query(box) == before)
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
    }

    @Test func `of a data key seals every card of its scope anew`() async throws {
        let vault = try await ToolVault()
        let run = try vault.run("key", "rotate", "data")
        #expect(
            run.anonymous == """
                New data key of default: ID.
                It takes the place of ID.
                Cards walked: 1. Sealed anew: 1. Search rows added: 0.

                """)
        let counts = try vault.keys("data", of: "default").map { $0["records"] as? Int }
        #expect(counts == [0, 1] && run.status == 0)
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
    }

    @Test func `of a fingerprint key ends the old one`() async throws {
        let vault = try await ToolVault()
        let old = try vault.key("fingerprint", of: "default")
        let run = try vault.run("key", "rotate", "fingerprint")
        #expect(run.output.hasSuffix("Ended: fingerprint key \(old).\n"), "\(run)")
        #expect(try vault.key("fingerprint", of: "default", "deactivated") == old)
        let found = try vault.run("find", input: "4111111111111111\n")
        #expect(found.output.hasPrefix("token: \(vault.token)\n"))
    }

    @Test func `leaves the cards where that is asked for, and goes on`() async throws {
        let vault = try await ToolVault()
        let first = try vault.run("key", "rotate", "data", "--no-reseal")
        #expect(
            first.error == "Run 'card-vault reseal --scope default' to seal the cards anew.\n")
        #expect(first.anonymous == "New data key of default: ID.\nIt takes the place of ID.\n")
        #expect(try vault.keys("data", of: "default").map { $0["records"] as? Int } == [1, 0])
        let second = try vault.run("key", "rotate", "data")
        let new = try vault.key("data", of: "default")
        #expect(
            second
                == .init(
                    output: """
                        Goes on with a rotation that was cut off, to data key of default: \(new).
                        Cards walked: 1. Sealed anew: 1. Search rows added: 0.

                        """))
        #expect(try vault.keys("data", of: "default").count == 2)
    }

    @Test(arguments: ["scope", "data", "fingerprint"])
    func `takes every scope with --all`(purpose: String) async throws {
        let vault = try await ToolVault()
        let run = try vault.run("key", "rotate", purpose, "--all")
        #expect(run.status == 0)
        #expect(run.output.contains("New \(purpose) key of default: "))
        #expect(run.output.contains("New \(purpose) key of acme: "))
        for scope in ["default", "acme"] {
            #expect(try vault.keys(purpose, of: scope).count == 2)
        }
    }

    @Test func `speaks JSON`() async throws {
        let vault = try await ToolVault()
        let old = try vault.key("data", of: "acme")
        let run = try object(
            vault.run("key", "rotate", "data", "--scope", "acme", "--json").output)
        let rotated = try #require(run["rotated"] as? [[String: Any]])
        #expect(Set(rotated[0].keys) == ["purpose", "scope", "new", "old", "resumed"])
        #expect(rotated[0]["old"] as? String == old && rotated[0]["resumed"] as? Bool == false)
        #expect((run["reseal"] as? [String: Any])?["walked"] as? Int == 0)
        let hold = try object(vault.run("key", "rotate", "hold", "--json").output)
        #expect(Set(hold.keys) == ["rotated"])
    }

    @Test(arguments: [
        ["token"], ["hold", "--scope", "acme"], ["seal", "--all"], ["root", "--scope", "acme"],
        ["data", "--all", "--scope", "acme"], ["data", "--also-passphrase-file", "passphrase"],
        ["data", "--rate", "0"], ["data", "--threads", "0"], ["data", "--scope", "A B"], [],
    ])
    func `refuses what makes no sense`(options: [String]) async throws {
        let vault = try await ToolVault()
        let before = try vault.contents()
        #expect(try vault.runJob(["key", "rotate"] + options).isRefusal(2))
        #expect(try vault.contents() == before)
    }

    @Test func `refuses a scope that is not there`() async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.run("key", "rotate", "data", "--scope", "none")
                == .refusal(
                    1, "There is no such scope.", "List the scopes with 'card-vault scope list'."))
    }

    @Test func `says which key must be rotated first`() async throws {
        let vault = try await ToolVault()
        try await vault.addOldScope()
        try vault.run("key", "period", "scope", "--originator", "1", "--recipient", "400")
        let old = try vault.key("scope", of: "old")
        #expect(
            try vault.run("key", "rotate", "data", "--scope", "old")
                == .refusal(
                    1, "A key is past the period in which it may seal (scope key \(old) of old).",
                    "Run 'card-vault key rotate scope --scope old'."))
        #expect(try vault.run("key", "rotate", "scope", "--scope", "old").status == 0)
        #expect(try vault.run("key", "rotate", "data", "--scope", "old").status == 0)
    }
}

extension ToolVault {
    /// Makes the scope `old`, whose keys are 10 days old.
    func addOldScope() async throws {
        let now = Timestamp.now().milliseconds
        let past = try #require(Timestamp(milliseconds: now - 10 * 86_400_000 - 3_600_000))
        let scope = try #require(ScopeID("old"))
        try await opened(at: past).addScope(scope)
    }
}
