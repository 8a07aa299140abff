// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("keyring restore") struct KeyringRestoreTests {
    @Test func `puts a copy in the place of a keyring that is lost`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("keyring", "export", "copy").status == 0)
        try FileManager.default.removeItem(atPath: vault.scratch.file("keyring.json"))
        #expect(
            try vault.runJob(["keyring", "restore", "copy"])
                == .init(
                    output: """
                        Restored the keyring under a new root key. Keys lost: 0.
                        Every server must unlock it again. Older keyrings are refused.

                        """))
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
    }

    @Test func `lists the keys that are lost, and asks`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("keyring", "export", "copy").status == 0)
        #expect(try vault.run("key", "rotate", "hold").status == 0)
        let lost = try vault.key("hold")
        let said = """
            Keys that the store needs and the copy lacks:
              hold key \(lost)
            What they made will be lost.

            """
        let before = try vault.contents()
        #expect(
            try vault.runJob(["keyring", "restore", "copy"])
                == .init(
                    status: 1, error: said + "card-vault: \(ToolVault.cannotAsk)\nGive --yes.\n"))
        #expect(try vault.contents() == before)
        let run = try vault.runJob(["keyring", "restore", "copy", "--yes", "--json"])
        #expect(run.error == said)
        #expect(
            try object(run.output) as? [String: [String]]
                == ["lost": [lost], "closed": [], "shredded": []])
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
        #expect(try vault.key("hold") != lost)
    }

    @Test func `names a scope that it would shred, and asks`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("keyring", "export", "copy").status == 0)
        try vault.execute("DELETE FROM key_sets WHERE scope = 'acme'")
        let said = "The store has no keys of the scope acme: it will be shredded.\n"
        let before = try vault.contents()
        #expect(
            try vault.runJob(["keyring", "restore", "copy"])
                == .init(
                    status: 1, error: said + "card-vault: \(ToolVault.cannotAsk)\nGive --yes.\n"))
        #expect(try vault.contents() == before)
        let run = try vault.runJob(["keyring", "restore", "copy", "--yes", "--json"])
        #expect(run.error == said)
        #expect(try object(run.output)["shredded"] as? [String] == ["acme"])
    }

    @Test func `makes a scope seal again whose key is lost`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("keyring", "export", "copy").status == 0)
        #expect(try vault.run("key", "rotate", "scope").status == 0)
        #expect(try vault.runJob(["keyring", "restore", "copy", "--yes"]).status == 0)
        try vault.scratch.write("pan\n5555555555554444\n".utf8, to: "in.csv")
        #expect(
            try vault.run("import", "in.csv", "--pan-column", "pan", "--out", "out.csv").status == 0
        )
    }
}
