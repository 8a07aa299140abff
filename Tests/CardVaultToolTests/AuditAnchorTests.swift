// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVault
@testable import CardVaultTool

@Suite("audit anchor") struct AuditAnchorTests {
    static let again =
        "Look at --command. The head is on record, and not anchored: try again."

    @Test func `appends a line a time to a file of its owner's`() async throws {
        let vault = try await ToolVault()
        for _ in 0..<2 {
            let run = try vault.run("audit", "anchor", "--to", "anchors")
            #expect(try run == .init(output: "Anchored entry \(vault.lastEntry()).\n"))
        }
        let run = try vault.run("audit", "anchor", "--to", "anchors", "--json")
        let text = try #require(vault.scratch.text("anchors"))
        #expect(text.split(separator: "\n").count == 3 && text.hasSuffix("\n" + run.output))
        #expect(AuditAnchor(String(run.output.dropLast())) != nil)
        #expect(try vault.mode("anchors") == 0o600)
    }

    @Test func `begins a new line after one that was torn`() async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("{\"vault".utf8, to: "anchors")
        #expect(try vault.run("audit", "anchor", "--to", "anchors").status == 0)
        let lines = try #require(vault.scratch.text("anchors")).split(separator: "\n")
        #expect(lines.count == 2 && AuditAnchor(String(lines[1])) != nil)
    }

    @Test(arguments: [("link", 40), (".", 21), ("none/anchors", 2)])
    func `refuses a link, a folder and a folder that is not there`(
        path: String, systemCode: Int
    ) async throws {
        let vault = try await ToolVault()
        try FileManager.default.createSymbolicLink(
            atPath: vault.scratch.file("link"), withDestinationPath: "elsewhere")
        #expect(
            try vault.run("audit", "anchor", "--to", path)
                == .refusal(
                    4, "The system cannot create a file: system error \(systemCode).",
                    "Look at the disk and the permissions."))
        #expect(vault.scratch.read("elsewhere") == nil)
    }

    @Test func `hands the line to a program without a shell`() async throws {
        let vault = try await ToolVault()
        let run = try anchor(vault, "/bin/sh", ["-c", #"cat >"$1"; echo seen"#, "sh", "a b"])
        #expect(try run == .init(output: "Anchored entry \(vault.lastEntry()).\n", error: "seen\n"))
        #expect(try vault.verify("--anchor", "a b").status == 0)
    }

    @Test func `hands over neither the passphrase nor what it does to signals`() async throws {
        let vault = try await ToolVault()
        let script = "cat <&9 >left; trap >traps; kill -PIPE $$"
        let run = try vault.runBare(
            "audit", "anchor", "--passphrase-fd", "9", "--command", "/bin/sh", "--argument", "-c",
            "--argument", script, shell: #"exec "$@" 9<passphrase"#)
        #expect(run.status == 4 && run.error.contains("by signal \(SIGPIPE)."), "\(run)")
        #expect(vault.scratch.read("left") ?? [] == [])
    }

    @Test(arguments: [
        ("exit 3", "The program ended with exit code 3."),
        ("kill -9 $$", "The program was ended by signal 9."),
    ])
    func `says how a program failed`(script: String, sentence: String) async throws {
        let vault = try await ToolVault()
        #expect(
            try anchor(vault, "/bin/sh", ["-c", script]) == .refusal(4, sentence, Self.again))
    }

    @Test(arguments: [("none", 2), ("passphrase", 13), ("sh", 2)])
    func `looks for a program nowhere else`(path: String, systemCode: Int) async throws {
        let vault = try await ToolVault()
        #expect(
            try anchor(vault, path, [])
                == .refusal(
                    4, "The program cannot be started: system error \(systemCode).", Self.again))
    }

    @Test func `takes a program that reads nothing at its word`() async throws {
        let vault = try await ToolVault()
        #expect(try anchor(vault, "/bin/true", []).status == 0)
    }

    private func anchor(
        _ vault: ToolVault, _ program: String, _ arguments: [String]
    ) throws -> Tool.Transcript {
        try Tool.run(
            ["audit", "anchor", "--command", program, "--passphrase-file", "passphrase"]
                + arguments.flatMap { ["--argument", $0] }, in: vault.scratch.path)
    }
}
