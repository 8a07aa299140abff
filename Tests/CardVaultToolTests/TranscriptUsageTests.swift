// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("Usage") struct TranscriptUsageTests {
    @Test(arguments: [
        ["bogus"], ["--bogus"], ["show"], ["detokenize", "tok_X"], ["scope", "add"],
        ["scope", "add", "Upper"], ["scope", "add", ""],
        ["scope", "add", String(repeating: "a", count: 65)],
        ["init", "--bin", "7"], ["init", "--scope", "Upper"], ["find", "--format", "ff1"],
        ["import", "in.csv"], ["import", "in.csv", "--pan-column", "pan", "--out", ""],
        ["import", "in.csv", "--pan-column", "pan", "--out", "o", "--narrow", "drop"],
        ["key", "list", "--passphrase-fd", "four"], ["scope", "list", "spare"],
        ["audit", "anchor"], ["audit", "anchor", "--to", "a", "--command", "b"],
        ["audit", "anchor", "--to", ""], ["audit", "anchor", "--command", ""],
        ["audit", "anchor", "--to", "a", "--argument", "b"], ["audit", "tail", "--count", "0"],
        ["audit", "tail", "--count", "10001"], ["audit", "export", "--since", "yesterday"],
        ["audit", "export", "--since", "2026-13-01"], ["audit", "export", "--format", "xml"],
        ["audit", "export", "--out", ""], ["audit", "archive", "--out", "a"],
        ["audit", "archive", "--before", "2026-11-23"],
        ["audit", "archive", "--before", "2026-11-23", "--out", ""],
        ["audit", "archive", "--before", "2026-11-23 08:00", "--out", "a"],
        ["audit", "verify", "log"], ["hold", "list", "spare"], ["hold", "drop"],
    ])
    func `that is wrong ends with two lines and code 2`(arguments: [String]) throws {
        let scratch = try Scratch()
        let run = try Tool.run(arguments, in: scratch.path)
        #expect(run.isRefusal(2), "\(run)")
        #expect(try scratch.names().isEmpty)
    }

    @Test(arguments: [
        ["find", "4111111111111111"], ["4111 1111 1111 1112"],
        ["find", "--format", "4111-1111-1111-1111"], ["show", "tok", "378282246310005"],
        ["scope", "list", "--scop=4111111111111111"],
    ])
    func `repeats no card number that was given for something else`(arguments: [String]) throws {
        let scratch = try Scratch()
        let run = try Tool.run(arguments, in: scratch.path)
        #expect(run.isRefusal(2))
        #expect(!Leaks(of: arguments).areIn(run.error.utf8), "\(run)")
    }

    @Test func `takes no card number for a scope, a token, a column or a purpose`() async throws {
        let vault = try await ToolVault()
        let pan = "4012888888881881"
        try vault.scratch.write("card\n\(pan)\n".utf8)
        let runs = try [
            vault.run("show", pan), vault.run("delete", pan), vault.run("show", "tok_\(pan)"),
            vault.run("show", vault.token, "--scope", pan),
            vault.run("detokenize", vault.token, "--purpose", "for \(pan)"),
            vault.run("import", "in.csv", "--pan-column", pan, "--out", "out.csv"),
            vault.run(
                "import", "in.csv", "--pan-column", "card", "--out", "out.csv", "--drop-column",
                pan),
        ]
        for run in runs {
            #expect(run.isRefusal(1), "\(run)")
            #expect(try vault.leaks(of: [pan], in: run, besides: ["in.csv"]).isEmpty, "\(run)")
        }
    }

    @Test(arguments: ["--scope", "--keyring", "--store"])
    func `takes arguments of any length`(option: String) async throws {
        let vault = try await ToolVault()
        let run = try vault.run("show", vault.token, option, String(repeating: "a", count: 100_000))
        #expect((1...4).contains(run.status) && run.error.utf8.count < 300, "\(run.status)")
    }

    @Test(arguments: ["purpose", ""])
    func `takes a purpose of a bounded length`(text: String) async throws {
        let vault = try await ToolVault()
        let purpose = String(repeating: text, count: 15_000)
        #expect(
            try vault.run("detokenize", vault.token, "--purpose", purpose)
                == .refusal(
                    1, "A purpose is 1 to 200 printable characters without a card number.",
                    "See 'card-vault --help'."))
    }

    @Test(arguments: ["C", "de_DE.UTF-8", "tr_TR.UTF-8", "ar_EG.UTF-8"])
    func `is the same in every locale`(locale: String) async throws {
        let vault = try await ToolVault()
        let plain = try vault.run("key", "list", "--json")
        #expect(try vault.run("key", "list", "--json", shell: "LC_ALL=\(locale) \"$@\"") == plain)
    }
}
