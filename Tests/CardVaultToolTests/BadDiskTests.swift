// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("Full disks", .enabled(if: Machine.hasSmallDisk, "no small disk can be mounted"))
struct FullDiskTests {
    static let rowCount = 12_000

    @Test func `keep every card out or in, and the import goes on elsewhere`() async throws {
        let vault = try await ToolVault()
        try writeCards(vault)
        let arguments = [
            "import", "in.csv", "--pan-column", "pan", "--out", "out.csv",
            "--passphrase-file", "passphrase",
        ]
        let run = try Tool.run(
            arguments + ["--store", "small/cards.db", "--keyring", "small/keyring.json"],
            in: vault.scratch.path, shell: Machine.onSmallDisk)
        #expect(run.isRefusal(4) && run.error.contains("Make room on the disk"), "\(run)")
        #expect(vault.scratch.text("out.csv") == nil)
        for name in ["cards.db", "cards.db-wal"] {
            try vault.scratch.write(vault.scratch.read("left/\(name)") ?? [], to: name)
        }
        #expect(try vault.cardCount() == 1)
        #expect(try vault.query("SELECT count(*) FROM fingerprints") == 1)
        let again = try vault.run(
            "import", "in.csv", "--pan-column", "pan", "--out", "out.csv", "--resume")
        #expect(again == .init(output: "Imported to out.csv, rows: 12000.\n"))
    }

    @Test func `give no output, and the import goes on elsewhere`() async throws {
        let vault = try await ToolVault()
        try writeCards(vault)
        let run = try vault.run(
            "import", "in.csv", "--pan-column", "pan", "--out", "small/out.csv",
            shell: Machine.onSmallDisk)
        #expect(run.isRefusal(4) && run.error.contains("--resume"), "\(run)")
        let left = try FileManager.default.contentsOfDirectory(atPath: vault.scratch.file("left"))
        #expect(!left.contains("out.csv"))
        #expect(try vault.cardCount() == Int64(Self.rowCount) + 1)
        let again = try vault.run("import", "in.csv", "--pan-column", "pan", "--out", "out.csv")
        #expect(again.status == 0)
        #expect(try vault.cardCount() == Int64(Self.rowCount) + 1)
    }

    /// Cards of a sandbox range, with so much beside them that their rows alone fill the disk.
    private func writeCards(_ vault: ToolVault) throws {
        let note = String(repeating: "n", count: 80)
        let rows = GeneratedCards.distinct(Self.rowCount).map { "\($0),\(note)\n" }
        try vault.scratch.write(("pan,note\n" + rows.joined()).utf8)
    }
}

@Suite("Disks that take no change", .enabled(if: Machine.hasReadOnlyDisk, "none can be mounted"))
struct ReadOnlyDiskTests {
    @Test(arguments: ["delete", "scope add", "scope list", "detokenize"])
    func `are told of, and nothing is given out that is not on record`(
        command: String
    ) async throws {
        let vault = try await ToolVault()
        let arguments =
            switch command {
            case "delete": ["delete", vault.token]
            case "detokenize": ["detokenize", vault.token, "--purpose", "test"]
            case "scope add": ["scope", "add", "shop"]
            default: ["scope", "list"]
            }
        let files = ["--store", "small/cards.db", "--keyring", "small/keyring.json"]
        let run = try Tool.run(
            arguments + files + ["--passphrase-file", "passphrase"], in: vault.scratch.path,
            shell: Machine.onReadOnlyDisk)
        #expect(run.isRefusal(4), "\(run)")
    }
}

@Suite("Files that may only be read", .enabled(if: Machine.hasUnprivileged, "the build is private"))
struct ReadOnlyTests {
    @Test(arguments: [
        ("delete", 0o555), ("delete", 0o777), ("scope add", 0o555), ("scope add", 0o777),
    ])
    func `a vault keeps what it has`(command: String, folderMode: Int) async throws {
        let vault = try await ToolVault()
        let before = try vault.files()
        try vault.allow(folder: folderMode, files: 0o444)
        let words = command.split(separator: " ").map(String.init)
        let name = command == "delete" ? vault.token : "shop"
        let run = try Tool.run(
            words + [name, "--passphrase-file", "passphrase"], in: vault.scratch.path,
            shell: Machine.unprivileged)
        #expect(run.isRefusal(4), "\(run)")
        try vault.allow(folder: 0o755, files: 0o644)
        #expect(try vault.files() == before)
    }

    @Test func `an output folder takes no import`() async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("pan\n5555555555554444\n".utf8)
        try FileManager.default.createDirectory(
            atPath: vault.scratch.file("locked"), withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o555])
        try vault.allow(folder: 0o777, files: 0o666)
        let run = try vault.run(
            "import", "in.csv", "--pan-column", "pan", "--out", "locked/out.csv",
            shell: Machine.unprivileged)
        #expect(run.isRefusal(4), "\(run)")
        #expect(try vault.cardCount() == 1)
    }

    @Test func `a keyring that may not be read opens nothing`() async throws {
        let vault = try await ToolVault()
        try vault.allow(folder: 0o777, files: 0o666)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0], ofItemAtPath: vault.scratch.file("keyring.json"))
        #expect(
            try vault.run("scope", "list", shell: Machine.unprivileged)
                == .refusal(
                    4, "The keyring file could not be read or written, error 13.",
                    "Look at the disk and at the permissions of --keyring."))
    }
}
