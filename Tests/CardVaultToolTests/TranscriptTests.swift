// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("Commands") struct TranscriptTests {
    @Test func `init makes a vault and says what it took`() throws {
        let scratch = try Scratch()
        try scratch.write("correct horse 9".utf8, to: "passphrase")
        let run = try Tool.run(
            ["init", "--scope", "shop", "--passphrase-file", "passphrase"], in: scratch.path)
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == 3 && run.status == 0 && run.error.isEmpty)
        #expect(lines.first?.wholeMatch(of: /Made vault [0-9a-f]{32} with the scope shop\./) != nil)
        #expect(run.output.contains("256 MiB and 3 passes"))
    }

    @Test func `init leaves files that their owner alone may read`() throws {
        let scratch = try Scratch()
        try scratch.write("correct horse 9".utf8, to: "passphrase")
        let run = try Tool.run(
            ["init", "--json", "--passphrase-file", "passphrase"], in: scratch.path)
        #expect(
            Set(try object(run.output).keys) == ["argon2id", "keyring", "scope", "store", "vault"])
        for name in try scratch.names() where name != "passphrase" {
            let attributes = try FileManager.default.attributesOfItem(atPath: scratch.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test(arguments: [["--store", "other.db"], ["--keyring", "other.json"], []])
    func `init over a vault changes nothing`(other: [String]) async throws {
        let vault = try await ToolVault()
        let before = try vault.files()
        let arguments = ["init", "--passphrase-file", "passphrase"] + other
        let run = try Tool.run(arguments, in: vault.scratch.path)
        #expect(
            run
                == .refusal(
                    1, "There is a vault already.",
                    "Choose other files, or use the vault that is there."))
        #expect(try vault.files() == before)
    }

    @Test(arguments: ["--keyring", "--store"])
    func `init needs the folders of its files`(option: String) throws {
        let scratch = try Scratch()
        try scratch.write("correct horse 9".utf8, to: "passphrase")
        let run = try Tool.run(
            ["init", option, "none/file", "--passphrase-file", "passphrase"], in: scratch.path)
        #expect(run.isRefusal(4), "\(run)")
        #expect(try scratch.names() == ["passphrase"])
    }

    @Test func `scope add makes a scope once`() async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.run("scope", "add", "shop.2") == .init(output: "Made the scope shop.2.\n"))
        #expect(
            try vault.run("scope", "add", "shop.2")
                == .refusal(
                    1, "There is such a scope already (shop.2).",
                    "Use it, or choose another name."))
        #expect(
            try vault.run("scope", "add", "b", "--random-tokens", "--json")
                == .init(output: #"{"scope":"b"}"# + "\n"))
    }

    @Test func `scope list names every scope`() async throws {
        let vault = try await ToolVault()
        try vault.run("scope", "add", "secret", "--random-tokens")
        let text = try vault.run("scope", "list")
        let rows = text.output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(rows.map(\.first) == ["SCOPE", "default", "acme", "secret"])
        #expect(rows.map { $0[2] } == ["TOKENS", "time", "time", "random"])
        let json = try array("scopes", of: vault.run("scope", "list", "--json").output)
        #expect(json.map { $0["id"] as? String } == ["default", "acme", "secret"])
        #expect(json.allSatisfy { Set($0.keys) == ["id", "created", "tokens", "shredded"] })
    }

    @Test func `key list shows every key and no key's bytes`() async throws {
        let vault = try await ToolVault()
        let keys = try array("keys", of: vault.run("key", "list", "--json").output)
        #expect(
            keys.map { $0["purpose"] as? String } == [
                "hold", "audit", "seal", "scope", "scope", "data", "fingerprint", "data",
                "fingerprint",
            ])
        let named: Set = ["id", "purpose", "scope", "state", "created"]
        #expect(keys.allSatisfy { named.isSubset(of: $0.keys) })
        #expect(keys.filter { $0["scope"] as? String == "acme" }.count == 3)
        #expect(keys.allSatisfy { $0["state"] as? String == "active" })
        let text = try vault.run("key", "list").output.split(separator: "\n")
        #expect(text.count == 10 && text[0].hasPrefix("KEY               KCV     PURPOSE"))
    }

    @Test func `passphrase makes another each time, which init takes`() throws {
        let scratch = try Scratch()
        let runs = try (0..<2).map { _ in try Tool.run(["passphrase"], in: scratch.path) }
        let shape = /(?:[0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{6}\n/
        #expect(runs.allSatisfy { $0.output.wholeMatch(of: shape) != nil && $0.error.isEmpty })
        #expect(runs[0] != runs[1])
        try scratch.write(runs[0].output.utf8, to: "passphrase")
        #expect(
            try Tool.run(["init", "--passphrase-file", "passphrase"], in: scratch.path).status == 0)
        let json = try object(Tool.run(["passphrase", "--json"], in: scratch.path).output)
        #expect((json["passphrase"] as? String)?.count == 30)
    }

    @Test func `show shows what may be shown`() async throws {
        let vault = try await ToolVault()
        let run = try vault.run("show", vault.token)
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 7 && run.error.isEmpty)
        #expect(
            lines.prefix(5) == [
                "token: \(vault.token)", "format: opaque", "card: 411111••••••1111",
                "brand: Visa", "expiry: -",
            ])
        let json = try object(vault.run("show", vault.token, "--json").output)
        #expect(json["card"] as? String == "411111••••••1111")
        #expect(json["token"] as? String == vault.token)
    }

    @Test func `detokenize prints the card number alone`() async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.run("detokenize", vault.token, "--purpose", "settlement")
                == .init(output: "4111111111111111\n"))
        #expect(
            try vault.run("detokenize", vault.token, "--purpose", "settlement", "--json")
                == .init(output: #"{"pan":"4111111111111111"}"# + "\n"))
    }

    @Test(arguments: ["4111111111111111", "4111 1111 1111 1111\n", "4111-1111-1111-1111\r\n"])
    func `find reads a card number from standard input`(text: String) async throws {
        let vault = try await ToolVault()
        let run = try vault.run("find", input: text)
        #expect(run.status == 0 && run.output.hasPrefix("token: \(vault.token)\n"))
        let json = try object(vault.run("find", "--json", input: text).output)
        #expect(json["token"] as? String == vault.token)
    }

    @Test(arguments: [
        ("find", ["--scope", "acme"]), ("find", ["--format", "last-four"]),
    ])
    func `find keeps to a scope and a format`(command: String, options: [String]) async throws {
        let vault = try await ToolVault()
        let arguments = [command, "--passphrase-file", "passphrase"] + options
        #expect(
            try Tool.run(arguments, in: vault.scratch.path, input: ToolVault.storedCard)
                == .refusal(1, "There is no such card in this scope.", "Look at --scope."))
    }

    @Test func `delete removes a card for good`() async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.run("delete", vault.token) == .init(output: "Deleted \(vault.token).\n"))
        #expect(try vault.cardCount() == 0)
        #expect(try vault.query("SELECT count(*) FROM fingerprints") == 0)
        #expect(
            try vault.run("delete", vault.token)
                == .refusal(
                    1, "There is no such token in this scope.", "Look at the token, and at --scope."
                ))
        let other = try await ToolVault()
        #expect(
            try other.run("delete", other.token, "--json")
                == .init(output: #"{"deleted":"\#(other.token)"}"# + "\n"))
    }

    @Test func `help and version go to standard output`() throws {
        let scratch = try Scratch()
        #expect(try Tool.run(["--version"], in: scratch.path) == .init(output: "0.3.0\n"))
        for arguments in [["--help"], [], ["scope"], ["help", "import"], ["find", "--help"]] {
            let run = try Tool.run(arguments, in: scratch.path)
            #expect(
                run.status == 0 && run.output.contains("USAGE: card-vault") && run.error.isEmpty)
        }
        #expect(try Tool.run([], in: scratch.path).output.contains("5 integrity"))
        #expect(try scratch.names().isEmpty)
    }
}

/// One line of JSON as an object.
func object(_ line: String) throws -> [String: Any] {
    #expect(line.hasSuffix("}\n") && line.split(separator: "\n").count == 1)
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
    return try #require(object as? [String: Any])
}

/// The objects of the one list that a line of JSON holds.
func array(_ name: String, of line: String) throws -> [[String: Any]] {
    let object = try object(line)
    #expect(Array(object.keys) == [name])
    return try #require(object[name] as? [[String: Any]])
}
