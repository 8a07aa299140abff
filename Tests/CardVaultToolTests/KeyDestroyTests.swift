// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("key destroy") struct KeyDestroyTests {
    @Test func `destroys what nothing needs, and says where it still is`() async throws {
        let vault = try await rotated()
        let old = try vault.key("data", of: "default", "deactivated")
        let wrapper = try vault.key("scope", of: "default")
        #expect(
            try vault.runJob(["key", "destroy", String(old.prefix(8)), "--yes"])
                == .init(
                    output: "Destroyed the data key \(old).\n",
                    error: """
                        To be destroyed: data key \(old) of default.
                        Older copies of the store keep it until the scope keys that wrapped it \
                        there are destroyed, the last of them \(wrapper).

                        """))
        #expect(try vault.key("data", of: "default", "destroyed") == old)
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
    }

    @Test func `speaks JSON`() async throws {
        let vault = try await rotated()
        let old = try vault.key("data", of: "default", "deactivated")
        let wrapper = try vault.key("scope", of: "default")
        let run = try object(vault.runJob(["key", "destroy", old, "--yes", "--json"]).output)
        #expect(
            Set(run.keys) == [
                "destroyed", "purpose", "scope", "wrapper", "backups", "unreadableBackups",
            ])
        #expect(run["destroyed"] as? String == old && run["wrapper"] as? String == wrapper)
        #expect((run["backups"] as? [Any])?.isEmpty == true)
    }

    @Test(arguments: [
        ("data", "default", "1 card", "Run 'card-vault reseal' first."),
        ("fingerprint", "default", "1 search row", "Run 'card-vault reseal' first."),
        (
            "audit", nil, "audit entries",
            "Move them to a file with 'card-vault audit archive' first."
        ),
    ])
    func `refuses what is needed, says by what and what to run`(
        purpose: String, scope: String?, needs: String, hint: String
    ) async throws {
        let vault = try await ToolVault()
        let id = try vault.key(purpose, of: scope)
        let compromised = try vault.run("key", "compromise", id)
        #expect(compromised.status == 0)
        let before = try vault.contents()
        let run = try vault.runJob(["key", "destroy", id, "--yes"])
        #expect(run.isRefusal(1), "\(run)")
        let message = "card-vault: The key is still needed (\(purpose) key \(id): "
        #expect(run.error.hasPrefix(message) && run.error.contains(needs), "\(run)")
        #expect(run.error.hasSuffix("\n\(hint)\n"))
        #expect(try vault.contents() == before)
    }

    @Test func `refuses a key that seals`() async throws {
        let vault = try await ToolVault()
        let id = try vault.key("hold")
        let before = try vault.contents()
        #expect(
            try vault.runJob(["key", "destroy", id])
                == .refusal(
                    1, "The key cannot change its state so (\(id): active to destroyed).",
                    "A key that seals is rotated first. " + KeyRefusal.listKeys))
        #expect(try vault.contents() == before)
    }

    @Test func `asks for a confirmation`() async throws {
        let vault = try await rotated()
        let old = try vault.key("data", of: "default", "deactivated")
        let before = try vault.contents()
        let run = try vault.runJob(["key", "destroy", old])
        #expect(run.status == 1 && run.output.isEmpty)
        #expect(run.error.hasSuffix("card-vault: \(ToolVault.cannotAsk)\nGive --yes.\n"))
        #expect(try vault.contents() == before)
    }

    @Test(
        .enabled(if: PseudoTerminal.isAvailable, "there is no python3"),
        arguments: [("yes\n", true), ("no\n", false), ("yes \n", false), ("\u{3}", false)])
    func `asks at the terminal`(answer: String, isMeant: Bool) async throws {
        let vault = try await rotated()
        let old = try vault.key("data", of: "default", "deactivated")
        let before = try vault.contents()
        let session = try PseudoTerminal.run(
            ["key", "destroy", old, "--passphrase-file", "passphrase"], in: vault.scratch.path,
            [("Type 'yes' to go on: ", .type(answer))])
        #expect(session.status == (isMeant ? 0 : 1), "\(session)")
        #expect((try vault.contents() == before) != isMeant)
        if !isMeant { #expect(session.screen.contains("Nothing was changed.\r\n")) }
        #expect(session.echoesAfter && session.interruptsAfter)
    }

    @Test func `of a scope key names the backups that die`() async throws {
        let vault = try await ToolVault()
        let old = try vault.key("scope", of: "default")
        #expect(try vault.run("backup", "copy").status == 0)
        #expect(try vault.run("key", "rotate", "scope").status == 0)
        let run = try vault.runJob(["key", "destroy", old, "--yes"])
        #expect(run.output == "Destroyed the scope key \(old).\n", "\(run)")
        #expect(
            run.error.contains(/Backups that die with it: 1\.\n  [0-9a-f]{32} of 20[0-9T:Z-]+\n/))
    }

    /// A vault whose first data key nothing needs any more.
    private func rotated() async throws -> ToolVault {
        let vault = try await ToolVault()
        #expect(try vault.run("key", "rotate", "data").status == 0)
        return vault
    }
}
