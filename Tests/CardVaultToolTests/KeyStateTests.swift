// SPDX-License-Identifier: Apache-2.0
import CardCrypto
import Foundation
import Testing

@testable import CardVaultTool

@Suite("The state of a key") struct KeyStateTests {
    @Test func `is changed by its id or the first digits of that`() async throws {
        let vault = try await ToolVault()
        let id = try vault.key("data", of: "default")
        #expect(
            try vault.run("key", "suspend", String(id.prefix(8)))
                == .init(output: "The key \(id) is suspended now.\n"))
        #expect(
            try vault.run("key", "resume", id.uppercased())
                == .init(output: "The key \(id) is active now.\n"))
        let json = try object(vault.run("key", "suspend", String(id.prefix(20)), "--json").output)
        #expect(json as? [String: String] == ["key": id, "state": "suspended"])
        #expect(try vault.key("data", of: "default", "suspended") == id)
    }

    @Test func `ends for good where there is a successor`() async throws {
        let vault = try await ToolVault()
        let old = try vault.key("hold")
        #expect(try vault.run("key", "suspend", old).status == 0)
        #expect(try vault.run("key", "rotate", "hold").status == 0)
        #expect(
            try vault.run("key", "deactivate", old)
                == .init(output: "The key \(old) is deactivated now.\n"))
    }

    @Test func `of compromise gives keys new ones`() async throws {
        let vault = try await ToolVault()
        let old = try vault.key("data", of: "default")
        let run = try vault.run("key", "compromise", old)
        let (scope, data) = try (
            vault.key("scope", of: "default"), vault.key("data", of: "default")
        )
        #expect(
            run
                == .init(
                    output: """
                        The key \(old) is compromised now.
                        New key: \(scope).
                        New key: \(data).
                        Run 'card-vault reseal' to seal the cards anew.

                        """))
        #expect(try vault.key("data", of: "default", "compromised") == old)
        #expect(try vault.run("reseal").output.contains("Sealed anew: 1."))
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
    }

    @Test func `refuses what the life of a key does not have`() async throws {
        let vault = try await ToolVault()
        let (data, seal) = try (vault.key("data", of: "default"), vault.key("seal"))
        let before = try vault.contents()
        let hint = "A key that seals is rotated first. " + KeyRefusal.listKeys
        #expect(
            try vault.run("key", "resume", data)
                == .refusal(
                    1, "The key cannot change its state so (\(data): active to active).", hint))
        #expect(
            try vault.run("key", "suspend", seal)
                == .refusal(
                    1, "The only key in use of its purpose must be rotated first (seal).",
                    "Run 'card-vault key rotate seal' first."))
        #expect(
            try vault.run("key", "deactivate", data)
                == .refusal(
                    1, "The only key in use of its purpose must be rotated first (data).",
                    "Run 'card-vault key rotate data' first."))
        #expect(try vault.contents() == before)
    }

    @Test(arguments: ["suspend", "resume", "deactivate", "compromise", "destroy"])
    func `is not changed for a key that is not there`(verb: String) async throws {
        let vault = try await ToolVault()
        let before = try vault.contents()
        let refusal = Tool.Transcript.refusal(1, "There is no such key.", KeyRefusal.listKeys)
        for key in ["00000000", String(repeating: "0", count: 64)] {
            #expect(try vault.runJob(["key", verb, key]) == refusal)
        }
        for key in ["", "0000000", "0000000g", String(repeating: "0", count: 65)] {
            #expect(try vault.runJob(["key", verb, key]).isRefusal(2))
        }
        #expect(try vault.contents() == before)
    }

    @Test func `is not changed for digits that begin several ids`() throws {
        #expect(
            KeyRefusal.ambiguousKey(count: 2).failure.message
                == "The digits begin the ids of 2 keys.")
        #expect(KeyRefusal.ambiguousKey(count: 2).failure.code == .refused)
        let prefix = try #require(KeyPrefix(argument: "00112233"))
        let ids = try ["0011223344", "0011223355", "0011224433"].map { digits in
            try #require(KeyID(hex: digits + String(repeating: "0", count: 54)))
        }
        #expect(throws: KeyRefusal.self) { try prefix.pick(from: ids) }
        #expect(try prefix.pick(from: [ids[0], ids[2]]) == ids[0])
        #expect(throws: KeyRefusal.self) { try prefix.pick(from: [ids[2]]) }
    }
}
