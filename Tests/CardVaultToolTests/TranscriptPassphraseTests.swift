// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("Passphrases") struct TranscriptPassphraseTests {
    static let unlockHint = "Give the passphrase of a custodian of this keyring."
    static let locked = Tool.Transcript.refusal(
        3, "The secret opens no slot of the keyring.", unlockHint)

    @Test func `comes from a descriptor`() async throws {
        let vault = try await ToolVault()
        let run = try vault.runBare(
            "scope", "list", "--passphrase-fd", "9", shell: #"exec "$@" 9<passphrase"#)
        #expect(run.status == 0 && run.error.isEmpty)
    }

    @Test func `comes from a pipe`() async throws {
        let vault = try await ToolVault()
        let run = try vault.runBare(
            "scope", "list", "--passphrase-fd", "0", shell: #"cat passphrase | "$@""#)
        #expect(run.status == 0 && run.error.isEmpty)
    }

    @Test(arguments: [
        "wrong horse 10000", "short 1", "letters and no digit", "", "correct horse 9\n\n",
        "correct horse 9\r\n", "correct horse \u{e9}9",
    ])
    func `that is wrong opens nothing`(text: String) async throws {
        let vault = try await ToolVault()
        let before = try vault.files()
        try vault.scratch.write(text.utf8, to: "other")
        #expect(
            try vault.runBare("scope", "list", "--passphrase-file", "other") == Self.locked)
        try FileManager.default.removeItem(atPath: vault.scratch.file("other"))
        #expect(try vault.files() == before)
    }

    @Test func `is never an argument`() async throws {
        let vault = try await ToolVault()
        for argument in ["--passphrase", "--password"] {
            let run = try vault.runBare("scope", "list", argument, ToolVault.passphrase)
            #expect(run.isRefusal(2) && !run.error.contains(ToolVault.passphrase))
        }
    }

    @Test func `is never taken from the environment`() async throws {
        let vault = try await ToolVault()
        let names = ["PASSPHRASE", "CARD_VAULT_PASSPHRASE", "CARD_VAULT_PASSPHRASE_FILE"]
        let settings = names.map { "\($0)='\(ToolVault.passphrase)'" }.joined(separator: " ")
        let run = try vault.runBare("scope", "list", shell: "\(settings) setsid -w \"$@\"")
        #expect(
            run
                == .refusal(
                    3, "There is no terminal to ask for the secret on.",
                    "Give --passphrase-file or --passphrase-fd."))
    }

    @Test(arguments: [
        ["--passphrase-file", "none"], ["--passphrase-file", "."], ["--passphrase-fd", "77"],
    ])
    func `that cannot be read says where to look`(source: [String]) async throws {
        let vault = try await ToolVault()
        let run = try Tool.run(["scope", "list"] + source, in: vault.scratch.path)
        #expect(run.isRefusal(3))
        #expect(run.error.hasSuffix("Look at --passphrase-file or --passphrase-fd.\n"))
    }

    @Test func `has one source`() async throws {
        let vault = try await ToolVault()
        let run = try vault.run("scope", "list", "--passphrase-fd", "0")
        #expect(
            run
                == .refusal(
                    2, "Give --passphrase-file or --passphrase-fd, not both.",
                    "See 'card-vault scope list --help' for more information."))
    }

    @Test(arguments: [
        ("elevenchar1", "A passphrase has 12 to 1,024 characters, not 11 (PCI DSS 8.3.6)."),
        ("", "A passphrase has 12 to 1,024 characters, not 0 (PCI DSS 8.3.6)."),
        (
            "only letters here",
            "A passphrase has at least one letter and one digit (PCI DSS 8.3.6)."
        ),
        ("123456789012", "A passphrase has at least one letter and one digit (PCI DSS 8.3.6)."),
        (
            "tab\tand a digit 1",
            "A passphrase is printable ASCII; the character at offset 3 is not."
        ),
    ])
    func `that is weak is refused for a new vault`(text: String, reason: String) throws {
        let scratch = try Scratch()
        try scratch.write("\(text)\n".utf8, to: "passphrase")
        #expect(
            try Tool.run(["init", "--passphrase-file", "passphrase"], in: scratch.path)
                == .refusal(1, reason, "Choose another, or let 'card-vault passphrase' make one."))
        #expect(try scratch.names() == ["passphrase"])
    }

    @Test(arguments: [1026, 1 << 20])
    func `that has no end is refused`(count: Int) throws {
        let scratch = try Scratch()
        try scratch.write(Array(repeating: UInt8(ascii: "a"), count: count), to: "passphrase")
        let run = try Tool.run(["init", "--passphrase-file", "passphrase"], in: scratch.path)
        #expect(run.isRefusal(1))
        #expect(try scratch.names() == ["passphrase"])
    }
}
