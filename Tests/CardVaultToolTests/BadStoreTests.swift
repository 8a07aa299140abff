// SPDX-License-Identifier: Apache-2.0
import CardVault
import Foundation
import Testing

@testable import CardVaultTool

@Suite("Bad stores") struct BadStoreTests {
    /// Where the header of a SQLite file has numbers of the program's own (file format, 1.3).
    private static let userVersion = 60
    private static let applicationID = 68

    @Test func `of a later release are left alone`() async throws {
        let vault = try await ToolVault()
        try alter(vault, byte: Self.userVersion + 3, to: 4)
        try expectRefusal(
            of: vault, 4, "later release", "Use the release that made the store, or a later one.")
    }

    @Test func `of another program are left alone`() async throws {
        let vault = try await ToolVault()
        try alter(vault, byte: Self.applicationID, to: 0)
        try expectRefusal(of: vault, 4, "store", "Look at --store.")
    }

    @Test func `that are no database are left alone`() async throws {
        let vault = try await ToolVault()
        try vault.scratch.write(Array(repeating: UInt8(ascii: "a"), count: 8192), to: "cards.db")
        try expectRefusal(of: vault, 4, "store", "Look at --store.")
    }

    @Test func `that are empty are not made into one`() async throws {
        let vault = try await ToolVault()
        try vault.scratch.write([], to: "cards.db")
        let run = try vault.run("show", vault.token)
        #expect(
            run
                == .refusal(
                    4, "The store is not initialized.",
                    "Look at --keyring and --store, or make a vault with 'card-vault init'."))
    }

    @Test(arguments: ["none.db", "none/cards.db", ":memory:", "file:cards.db", ""])
    func `that are missing are not made`(path: String) async throws {
        let vault = try await ToolVault()
        let before = try vault.files()
        let run = try vault.run("show", vault.token, "--store", path)
        #expect(run.isRefusal(4), "\(run)")
        #expect(try vault.files() == before)
    }

    @Test(arguments: [4096, 20_000])
    func `that are cut off are refused`(length: Int) async throws {
        let vault = try await ToolVault()
        let bytes = try #require(vault.scratch.read("cards.db"))
        try vault.scratch.write(bytes.prefix(length), to: "cards.db")
        try expectRefusal(
            of: vault, 5, "no store may hold", "Keep the file as evidence and restore a copy.")
    }

    @Test(arguments: [
        "UPDATE cards SET display = '41111111111'", "UPDATE cards SET created = created + 1",
        "UPDATE cards SET expiry = 3011", "UPDATE cards SET brand = brand + 1",
        "UPDATE cards SET box = zeroblob(length(box))",
        "UPDATE pin SET required = 0", "UPDATE pin SET generation = 1",
        "UPDATE key_sets SET epoch = epoch + 1", "UPDATE keys SET fence = 'open-only'",
        "DELETE FROM keys WHERE purpose = 'fingerprint'", "DELETE FROM pin",
    ])
    func `that were altered give nothing back`(sql: String) async throws {
        let vault = try await ToolVault()
        try vault.execute(sql)
        let before = try vault.contents()
        for command in [["show"], ["detokenize", "--purpose", "test"]] {
            let run = try Tool.run(
                command + [vault.token, "--passphrase-file", "passphrase"],
                in: vault.scratch.path)
            #expect(run.isRefusal(5), "\(run)")
        }
        #expect(try vault.contents() == before)
    }

    @Test func `with a card under another key give nothing back`() async throws {
        let vault = try await ToolVault()
        let own = try vault.query("SELECT key FROM cards")
        for number in try 1...vault.query("SELECT max(number) + 1 FROM keys") where number != own {
            try vault.execute("UPDATE cards SET key = \(number)")
            let run = try vault.run("detokenize", vault.token, "--purpose", "test")
            #expect(run.isRefusal(1) || run.isRefusal(5), "\(number): \(run)")
        }
    }

    @Test func `without the keys of a scope that is in the keyring wait for them`() async throws {
        let vault = try await ToolVault()
        let store = try #require(vault.scratch.read("cards.db"))
        #expect(try vault.run("scope", "add", "shop").status == 0)
        for name in ["cards.db-wal", "cards.db-shm"] { try vault.scratch.write([], to: name) }
        try vault.scratch.write(store, to: "cards.db")
        #expect(
            try vault.run("show", vault.token, "--scope", "shop")
                == .refusal(
                    1, "The scope was made in part only (shop).",
                    "Run 'card-vault scope add' for it again."))
        #expect(try vault.run("scope", "add", "shop") == .init(output: "Made the scope shop.\n"))
    }

    @Test func `with an altered card stop an import and keep its evidence`() async throws {
        let vault = try await ToolVault()
        try vault.execute("UPDATE cards SET created = created + 1")
        try vault.scratch.write("pan\n5555555555554444\n4111111111111111\n".utf8)
        let run = try vault.run("import", "in.csv", "--pan-column", "pan", "--out", "out.csv")
        #expect(
            run
                == .refusal(
                    5, "A record of the store was altered (\(vault.token)).",
                    BadKeyringTests.evidence))
        #expect(vault.scratch.text("out.csv") == nil)
    }

    private func alter(_ vault: ToolVault, byte: Int, to value: UInt8) throws {
        var bytes = try #require(vault.scratch.read("cards.db"))
        bytes[byte] = value
        try vault.scratch.write(bytes, to: "cards.db")
    }

    private func expectRefusal(
        of vault: ToolVault, _ status: Int32, _ word: String, _ hint: String
    ) throws {
        let before = try vault.files()
        try vault.scratch.write("pan\n5555555555554444\n".utf8)
        let all = [
            ["show", vault.token], ["scope", "add", "shop"],
            ["import", "in.csv", "--pan-column", "pan", "--out", "out.csv"],
        ]
        for arguments in all {
            let run = try Tool.run(
                arguments + ["--passphrase-file", "passphrase"], in: vault.scratch.path)
            #expect(run.isRefusal(status) && run.error.contains(word), "\(run)")
            #expect(run.error.hasSuffix("\n\(hint)\n"), "\(run)")
        }
        try FileManager.default.removeItem(atPath: vault.scratch.file("in.csv"))
        #expect(try vault.files() == before)
    }
}
