// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

/// Somebody who can write the store changed the keys of the scope `acme`, or rows of cards.
@Suite("A damaged store") struct DamagedScopeTests {
    private static let refusal = """
        card-vault: The keys of these scopes were altered: acme. All others are done.
        Keep the store as evidence and restore a copy, or give a scope up with 'card-vault shred'.

        """

    private func damaged() async throws -> ToolVault {
        let vault = try await ToolVault()
        #expect(try vault.run("scope", "add", "bravo").status == 0)
        try vault.execute("UPDATE key_sets SET code = zeroblob(32) WHERE scope = 'acme'")
        return vault
    }

    @Test(arguments: [
        ["inventory"], ["inventory", "--json"], ["key", "list"], ["key", "list", "--json"],
        ["backup", "copy"], ["reseal"], ["key", "rotate", "data", "--all"],
        ["key", "rotate", "scope", "--all", "--json"],
    ])
    func `is told of after all else is done`(_ arguments: [String]) async throws {
        let vault = try await damaged()
        let run = try vault.runJob(arguments)
        #expect(run.status == 5 && run.error == Self.refusal, "\(run)")
        #expect(!run.output.isEmpty)
        let isListing = ["inventory", "key list"].contains {
            arguments.joined(separator: " ").hasPrefix($0)
        }
        #expect(!isListing || !run.output.contains("acme"))
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
    }

    @Test func `is whole when the scope is shredded`() async throws {
        let vault = try await damaged()
        #expect(try vault.runJob(["shred", "acme", "--confirm", "acme"]).status == 0)
        #expect(try vault.run("inventory").status == 0)
        #expect(try vault.run("reseal").status == 0)
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
    }

    @Test func `gives up a row that has no token`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("key", "rotate", "fingerprint", "--no-reseal").status == 0)
        for table in ["cards", "fingerprints"] {
            try vault.execute("UPDATE \(table) SET token = X'0102'")
        }
        let run = try vault.run("reseal")
        #expect(run.status == 5 && run.output.contains("Does not open: row 0102\n"), "\(run)")
        #expect(try vault.run("reseal", "--overrule", "row 0102").output.contains("Ended:"))
        #expect(
            try vault.run("delete", "row 0102") == .init(output: "Deleted row 0102.\n"))
        #expect(try vault.run("delete", "row 0102").isRefusal(1))
        #expect(try vault.run("reseal").status == 0)
        #expect(try vault.query("SELECT count(*) FROM cards") == 0)
    }

    @Test func `destroys a key beside a row of backups that cannot be read`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        try vault.execute("UPDATE registers SET seal_key = X'00' WHERE register = 'backups'")
        let old = try vault.key("hold")
        #expect(try vault.run("key", "rotate", "hold").status == 0)
        let run = try vault.runJob(["key", "destroy", old, "--yes"])
        #expect(run.status == 0, "\(run)")
        #expect(run.error.contains("Rows of the register of backups that cannot be read: 1."))
    }
}
