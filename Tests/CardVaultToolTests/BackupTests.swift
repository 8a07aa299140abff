// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("backup and restore") struct BackupTests {
    @Test func `put the store back as it was`() async throws {
        let vault = try await ToolVault()
        let run = try vault.run("backup", "copy")
        #expect(
            run.anonymous.wholeMatch(
                of: /Copied the store to copy: cards: 1, holds: 0, audit entries: [0-9]+\.\n.*\n/)
                != nil, "\(run)")
        #expect(run.anonymous.hasSuffix("The copy is registered as RECORD.\n"))
        try await vault.fill(2)
        let restored = try vault.runJob(["restore", "copy", "--yes", "--keep-old", "old.db"])
        #expect(
            restored.error.contains(
                /The backup of 20[0-9T:Z-]+ has cards: 1\.\nHolds are not put back/))
        #expect(restored.error.contains("Cards of the present store that will be lost: 2.\n"))
        #expect(restored.status == 0 && restored.output.contains(", cards: 1.\n"), "\(restored)")
        #expect(try vault.cardCount() == 1)
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
        #expect(try vault.scratch.names().contains("old.db"))
        #expect(try vault.run("reseal").output.contains("Sealed anew: 1."))
    }

    @Test func `speak JSON`() async throws {
        let vault = try await ToolVault()
        let backup = try object(vault.run("backup", "copy", "--json").output)
        #expect(
            Set(backup.keys) == [
                "id", "created", "cards", "holds", "auditEntries", "bytes", "sha256", "keys",
            ])
        let restore = try object(vault.runJob(["restore", "copy", "--yes", "--json"]).output)
        #expect(
            Set(restore.keys) == [
                "id", "created", "cards", "lostCards", "deadScopes", "lostKeys",
                "uncheckedScopes", "lossUnknown", "keyringChecked", "keepsLog",
            ])
        #expect(restore["id"] as? String == backup["id"] as? String)
        #expect(restore["lostCards"] as? Int == 0)
        #expect(restore["uncheckedScopes"] as? [String] == [])
        #expect(restore["lossUnknown"] as? Bool == false)
        #expect(restore["keyringChecked"] as? Bool == true)
    }

    @Test func `need no confirmation where the store is lost`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        for name in try vault.scratch.names() where name.hasPrefix("cards.db") {
            try FileManager.default.removeItem(atPath: vault.scratch.file(name))
        }
        #expect(try vault.runJob(["restore", "copy"]).status == 0)
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
    }

    @Test func `replace nothing without a confirmation`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        let before = try vault.contents()
        let run = try vault.runJob(["restore", "copy"])
        #expect(
            run.status == 1
                && run.error.hasSuffix("card-vault: \(ToolVault.cannotAsk)\nGive --yes.\n"))
        #expect(try vault.contents() == before)
    }

    @Test(arguments: ["manifest", "cards.db"])
    func `refuse half a backup`(name: String) async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        try FileManager.default.removeItem(atPath: vault.scratch.file("copy/\(name)"))
        let before = try vault.contents()
        let run = try vault.runJob(["restore", "copy", "--yes"])
        #expect(run.isRefusal(5) || run.isRefusal(4), "\(run)")
        #expect(try vault.contents() == before)
    }

    @Test func `refuse a backup that was changed`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        let file = vault.scratch.file("copy/cards.db")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: file))
        #expect(
            try vault.runJob(["restore", "copy", "--yes"])
                == .refusal(
                    5, "The folder holds no whole backup of this vault (cards.db).",
                    "Give the folder of a backup, whole and as it was written."))
    }

    @Test func `keep the old store under no name that something has`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        let before = try vault.contents()
        let run = try vault.runJob(["restore", "copy", "--yes", "--keep-old", "passphrase"])
        #expect(run.status == 1 && run.error.contains("'passphrase' is there already.\n"), "\(run)")
        #expect(try vault.contents() == before)
    }

    @Test func `write over nothing`() async throws {
        let vault = try await ToolVault()
        let before = try vault.contents()
        #expect(
            try vault.run("backup", "passphrase")
                == .refusal(
                    1, "'passphrase' is there already.",
                    "Choose another name: no copy takes the place of another."))
        #expect(try vault.contents() == before)
    }
}
