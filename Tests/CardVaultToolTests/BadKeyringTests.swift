// SPDX-License-Identifier: Apache-2.0
import CardCrypto
import Foundation
import Testing

@testable import CardVault
@testable import CardVaultSQLite

@Suite("Bad keyrings") struct BadKeyringTests {
    static let evidence =
        "Keep the files as evidence, find out who could write them, and restore a copy."
    static let newest = "Find the newest keyring file of this vault."

    @Test(arguments: 0..<24)
    func `with any bit flipped are refused`(sample: Int) async throws {
        let vault = try await ToolVault()
        var bytes = try #require(vault.scratch.read("keyring.json"))
        let position = bytes.count * (2 * sample + 1) / 48
        bytes[position] ^= 1 << UInt8(sample % 7)
        try vault.scratch.write(bytes, to: "keyring.json")
        let before = try vault.files()
        let run = try vault.run("show", vault.token)
        #expect(run.isRefusal(3) || run.isRefusal(5), "byte \(position): \(run)")
        #expect(try vault.files() == before)
    }

    @Test(arguments: [0, 1, 500, -46, -2, -1])
    func `that are cut off are refused`(length: Int) async throws {
        let vault = try await ToolVault()
        let bytes = try #require(vault.scratch.read("keyring.json"))
        try vault.scratch.write(
            length < 0 ? bytes.dropLast(-length) : bytes.prefix(length), to: "keyring.json")
        let run = try vault.run("scope", "list")
        #expect(run.isRefusal(5) && run.error.hasSuffix("\n\(Self.evidence)\n"), "\(run)")
    }

    @Test func `that are missing are looked for`() async throws {
        let vault = try await ToolVault()
        let run = try vault.run("scope", "list", "--keyring", "none/keyring.json")
        #expect(
            run
                == .refusal(
                    4, "There is no keyring file.",
                    "Look at --keyring and --store, or make a vault with 'card-vault init'."))
    }

    @Test func `of another vault open nothing`() async throws {
        let vault = try await ToolVault()
        let other = try Tool.run(
            ["init", "--keyring", "k.json", "--store", "s.db", "--passphrase-file", "passphrase"],
            in: vault.scratch.path)
        #expect(other.status == 0)
        let before = try vault.files()
        let hint = "Give the keyring and the store of one vault."
        let refusal = Tool.Transcript.refusal(5, "The store belongs to another vault.", hint)
        #expect(try vault.run("show", vault.token, "--keyring", "k.json") == refusal)
        #expect(try vault.run("show", vault.token, "--store", "s.db") == refusal)
        #expect(try vault.files() == before)
    }

    @Test func `older than the newest still open, and are not changed`() async throws {
        let vault = try await ToolVault()
        let older = try #require(vault.scratch.read("keyring.json"))
        #expect(try vault.run("scope", "add", "shop").status == 0)
        try vault.scratch.write(older, to: "keyring.json")
        let before = try vault.contents()
        #expect(try vault.run("show", vault.token).status == 0)
        #expect(
            try vault.run("scope", "add", "other")
                == .refusal(5, "The keyring is older than the store requires.", Self.newest))
        #expect(try vault.contents() == before)
    }

    @Test func `older than required are refused`() async throws {
        let vault = try await ToolVault()
        let older = try #require(vault.scratch.read("keyring.json"))
        #expect(try vault.run("scope", "add", "shop").status == 0)
        try await requireNewest(vault)
        #expect(try vault.run("show", vault.token).status == 0)
        try vault.scratch.write(older, to: "keyring.json")
        let before = try vault.files()
        #expect(
            try vault.run("show", vault.token)
                == .refusal(5, "The keyring is older than the store requires.", Self.newest))
        #expect(try vault.files() == before)
    }

    @Test func `that grew apart are refused`() async throws {
        let vault = try await ToolVault()
        let common = try #require(vault.scratch.read("keyring.json"))
        let store = try #require(vault.scratch.read("cards.db"))
        try vault.scratch.write(common, to: "k2.json")
        try vault.scratch.write(store, to: "s2.db")
        #expect(try vault.run("scope", "add", "one").status == 0)
        let second = ["--keyring", "k2.json", "--store", "s2.db"]
        let made = try Tool.run(
            ["scope", "add", "two", "--passphrase-file", "passphrase"] + second,
            in: vault.scratch.path)
        #expect(made.status == 0)
        let before = try vault.files()
        let refusal = Tool.Transcript.refusal(
            5, "The keyring and the one that the store saw grew apart.", Self.newest)
        #expect(try vault.run("show", vault.token, "--keyring", "k2.json") == refusal)
        #expect(try vault.run("show", vault.token, "--store", "s2.db") == refusal)
        #expect(try vault.files() == before)
        #expect(try vault.run("show", vault.token).status == 0)
    }

    /// What destroying a key will do: from then on no older keyring may be opened.
    private func requireNewest(_ vault: ToolVault) async throws {
        let keyring = try KeyringFile.unlock(
            at: vault.scratch.file("keyring.json"),
            with: .passphrase(Passphrase(ToolVault.passphrase.utf8.span)))
        let opened = try await Vault(
            keyring: keyring, store: SQLiteStore(path: vault.scratch.file("cards.db")),
            patience: .seconds(3_600))
        let current = keyring.current()
        let pin = Pin(
            on: current, required: current.generation,
            sealedBy: try opened.sealKey(#require(current.primary(.seal)).id).key)
        try await opened.write { transaction, _ throws(StoreError) in try transaction.put(pin) }
    }
}
