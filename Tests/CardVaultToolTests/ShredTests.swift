// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("shred") struct ShredTests {
    static let warning =
        "Every card, search row and hold of the scope default will be dead. "
        + "There is no way back.\n"
    static let toDo =
        "Destroy them, and confirm each with 'card-vault keyring copies destroyed ID'.\n"

    @Test func `makes every card of a scope dead`() async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.runJob(["shred", "default", "--confirm", "default"])
                == .init(output: "The scope default is shredded.\n", error: Self.warning))
        let run = try vault.run("show", vault.token)
        #expect(
            run
                == .refusal(
                    1, "The scope was shredded (default).",
                    "See with 'card-vault shred' which copies of the keyring are left."))
        #expect(try vault.run("find", "--scope", "acme", input: "4111111111111111\n").isRefusal(1))
        #expect(try vault.run("key", "rotate", "data").isRefusal(1))
        let scopes = try array("scopes", of: vault.run("scope", "list", "--json").output)
        #expect(scopes.map { $0["shredded"] as? Bool } == [true, false])
        let table = try vault.run("scope", "list").output.split(separator: "\n")
        #expect(table[1].hasSuffix("shredded") && table[2].hasSuffix("in use"))
    }

    @Test func `is pending until each copy of the keyring is destroyed`() async throws {
        let vault = try await ToolVault()
        for name in ["one", "two"] {
            #expect(try vault.run("keyring", "export", name).status == 0)
        }
        let copies = try array(
            "copies", of: vault.run("keyring", "copies", "list", "--json").output)
        let ids = try copies.map { try #require($0["id"] as? String) }
        let moments = try copies.map { try #require($0["created"] as? String) }
        let run = try vault.runJob(["shred", "default", "--confirm", "default"])
        #expect(
            run
                == .init(
                    output: """
                        The scope default is shredded.
                        pending: 2 keyring copies
                          \(ids[0]) of \(moments[0])
                          \(ids[1]) of \(moments[1])

                        """, error: Self.warning + Self.toDo))
        #expect(
            try vault.run("keyring", "copies", "destroyed", ids[0])
                == .init(
                    output: "The copy \(ids[0]) is on record as destroyed.\n"
                        + "Copies still have the key of default.\n"))
        let again = try object(vault.runJob(["shred", "default", "--json"]).output)
        #expect(again["pending"] as? Int == 1 && again["scope"] as? String == "default")
        #expect((again["copies"] as? [[String: Any]])?[0]["id"] as? String == ids[1])
        let last = try object(
            vault.run("keyring", "copies", "destroyed", ids[1], "--json").output)
        #expect(last["pending"] as? [String] == [] && last["copy"] as? String == ids[1])
        #expect(
            try vault.runJob(["shred", "default"])
                == .init(output: "The scope default is shredded.\n"))
    }

    @Test func `changes nothing without the name of the scope`() async throws {
        let vault = try await ToolVault()
        let before = try vault.contents()
        #expect(
            try vault.runJob(["shred", "default"])
                == .init(
                    status: 1,
                    error: Self.warning
                        + "card-vault: \(ToolVault.cannotAsk)\nGive --confirm default.\n"))
        #expect(
            try vault.runJob(["shred", "default", "--confirm", "acme"])
                == .init(
                    status: 1,
                    error: Self.warning + "card-vault: Not confirmed.\nNothing was changed.\n"))
        #expect(
            try vault.runJob(["shred", "none", "--confirm", "none"])
                == .refusal(
                    1, "There is no such scope.", "List the scopes with 'card-vault scope list'."))
        #expect(try vault.runJob(["shred", "default", "--scope", "default"]).isRefusal(2))
        #expect(try vault.runJob(["shred", "NONE"]).isRefusal(2))
        #expect(try vault.contents() == before)
    }

    @Test(
        .enabled(if: PseudoTerminal.isAvailable, "there is no python3"),
        arguments: [("default\n", true), ("yes\n", false), ("acme\n", false), ("\n", false)])
    func `asks for the name at the terminal`(answer: String, isMeant: Bool) async throws {
        let vault = try await ToolVault()
        let before = try vault.contents()
        let session = try PseudoTerminal.run(
            ["shred", "default", "--passphrase-file", "passphrase"], in: vault.scratch.path,
            [("Type 'default' to go on: ", .type(answer))])
        #expect(session.status == (isMeant ? 0 : 1), "\(session)")
        #expect((try vault.contents() == before) != isMeant)
    }
}

@Suite("keyring copies") struct KeyringCopiesTests {
    @Test func `are registered when they are exported`() async throws {
        let vault = try await ToolVault()
        let run = try vault.run("keyring", "export", "copy")
        let copy = try #require(
            array("copies", of: vault.run("keyring", "copies", "list", "--json").output).first)
        let id = try #require(copy["id"] as? String)
        #expect(
            run
                == .init(
                    output: "Copied the keyring to copy. The copy is registered as \(id).\n"))
        #expect(Set(copy.keys) == ["id", "created", "generation", "destroyed"])
        #expect(copy["destroyed"] is NSNull)
        #expect(try vault.mode("copy") == 0o600)
        #expect(vault.scratch.read("copy") == vault.scratch.read("keyring.json"))
        let row = try vault.run("keyring", "copies", "list").output.split(separator: "\n")[1]
        #expect(row.hasPrefix(id) && row.hasSuffix("-"))
    }

    @Test func `take the place of nothing`() async throws {
        let vault = try await ToolVault()
        let before = try vault.contents()
        #expect(
            try vault.run("keyring", "export", "passphrase")
                == .refusal(
                    1, "'passphrase' is there already.",
                    "Choose another name: no copy takes the place of another."))
        #expect(try vault.contents() == before)
    }

    @Test func `that are not registered cannot be destroyed`() async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.run("keyring", "copies", "destroyed", "AAAAAAAAAAA")
                == .refusal(
                    1, "There is no such copy of the keyring.",
                    "List the copies with 'card-vault keyring copies list'."))
        #expect(try vault.run("keyring", "copies", "destroyed", "A").isRefusal(2))
    }
}
