// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("key rotate root") struct KeyRotateRootTests {
    static let other = "battery staple 9"
    static let kept = "Who kept an old copy of the keyring and its secret keeps every key of that "
    static let warning = kept + "copy.\nRenew those keys too with --all.\n"

    @Test func `keeps the slot of the one who asks`() async throws {
        let vault = try await ToolVault()
        let before = vault.scratch.read("keyring.json")
        let slot = try vault.slots()[0]
        #expect(
            try vault.runJob(["key", "rotate", "root"])
                == .init(
                    output: "The keyring has a new root key. Slots kept: \(slot).\n",
                    error: Self.warning))
        #expect(vault.scratch.read("keyring.json") != before)
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
    }

    @Test func `drops nobody without a confirmation`() async throws {
        let vault = try await shared()
        let before = try vault.contents()
        let dropped = try vault.slots()[1]
        #expect(
            try vault.runJob(["key", "rotate", "root"])
                == .init(
                    status: 1,
                    error: Self.warning
                        + "Slots that will open the keyring no more: 1.\n  \(dropped)\n"
                        + "card-vault: \(ToolVault.cannotAsk)\nGive --yes.\n"))
        #expect(try vault.contents() == before)
    }

    @Test func `drops those whose secrets are not given`() async throws {
        let vault = try await shared()
        let slots = try vault.slots()
        let run = try object(vault.runJob(["key", "rotate", "root", "--yes", "--json"]).output)
        #expect(run["kept"] as? [String] == [slots[0]] && run["dropped"] as? [String] == [slots[1]])
        #expect(run["waiting"] as? [String] == [])
        #expect(try vault.slots() == [slots[0]])
        let refused = try vault.runBare("scope", "list", "--passphrase-file", "other")
        #expect(refused.isRefusal(3))
    }

    @Test func `keeps those whose secrets are given`() async throws {
        let vault = try await shared()
        let slots = try vault.slots()
        let run = try vault.runJob(["key", "rotate", "root", "--also-passphrase-file", "other"])
        #expect(run.status == 0 && run.error == Self.warning, "\(run)")
        #expect(try vault.slots() == slots)
        #expect(try vault.runBare("scope", "list", "--passphrase-file", "other").status == 0)
    }

    @Test func `changes the secret of the one who asks`() async throws {
        let vault = try await shared()
        try vault.scratch.write("a third secret 12".utf8, to: "third")
        let run = try vault.runJob([
            "key", "rotate", "root", "--also-passphrase-file", "other", "--new-passphrase-file",
            "third", "--json",
        ])
        #expect(run.status == 0 && run.error == Self.warning, "\(run)")
        let change = try object(run.output)
        #expect((change["kept"] as? [String])?.count == 2 && change["dropped"] as? [String] == [])
        let scopes = { try vault.runBare("scope", "list", "--passphrase-file", $0).status }
        #expect(try scopes("third") == 0 && scopes("other") == 0)
        #expect(try scopes("passphrase") == 3)
    }

    @Test func `refuses a secret that opens no slot`() async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("wrong horse 10000".utf8, to: "wrong")
        let before = try vault.contents()
        let run = try vault.runJob(["key", "rotate", "root", "--also-passphrase-file", "wrong"])
        #expect(run.status == 3 && run.error.contains("The secret opens no slot"), "\(run)")
        #expect(
            try vault.runJob(["key", "rotate", "root", "--also-passphrase-file", "none"])
                == .refusal(
                    3, "The passphrase cannot be read: system error 2.",
                    "Look at --also-passphrase-file."))
        #expect(try vault.contents() == before)
    }

    @Test func `with --all makes keys that wait to be activated`() async throws {
        let vault = try await ToolVault()
        let run = try vault.runJob(["key", "rotate", "root", "--all"])
        #expect(
            run.output.hasSuffix(
                """
                New keys that wait: 5. Let every server take the new keyring;
                then run 'card-vault key activate'.

                """))
        #expect(run.error == Self.kept + "copy.\n")
        #expect(
            try vault.keys("seal").map { $0["state"] as? String } == ["active", "pre-activation"])
        #expect(
            try vault.run("key", "activate")
                == .init(
                    output: "Keys that seal from now on: 5.\n"
                        + "Run 'card-vault reseal' to seal the cards anew.\n"))
        #expect(try vault.keys("seal").map { $0["state"] as? String } == ["deactivated", "active"])
        #expect(try vault.run("key", "activate") == .init(output: "No key waits.\n"))
        #expect(
            try vault.run("key", "activate", "--json") == .init(output: #"{"activated":[]}"# + "\n")
        )
        #expect(try vault.run("reseal").output.contains("Sealed anew: 1. Search rows added: 1."))
    }

    @Test(
        .enabled(if: PseudoTerminal.isAvailable, "there is no python3"),
        arguments: [("yes\n", 0), ("ja\n", 1), ("YES\n", 1), ("\n", 1), ("\u{4}", 1)])
    func `asks at the terminal`(answer: String, status: Int) async throws {
        let vault = try await shared()
        let before = vault.scratch.read("keyring.json")
        let session = try PseudoTerminal.run(
            ["key", "rotate", "root", "--passphrase-file", "passphrase"], in: vault.scratch.path,
            [("Type 'yes' to go on: ", .type(answer))])
        #expect(session.status == Int32(status), "\(session)")
        #expect((vault.scratch.read("keyring.json") == before) == (status != 0))
        #expect(session.echoesAfter && session.interruptsAfter)
    }

    /// A vault whose keyring two custodians open.
    private func shared() async throws -> ToolVault {
        let vault = try await ToolVault()
        try vault.addSlot(Self.other)
        try vault.scratch.write(Self.other.utf8, to: "other")
        // The store takes note of the keyring.
        #expect(try vault.runBare("scope", "list", "--passphrase-file", "other").status == 0)
        return vault
    }
}
