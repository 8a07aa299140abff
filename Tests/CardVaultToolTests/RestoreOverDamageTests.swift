// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("restore over a damaged store") struct RestoreOverDamageTests {
    private static let dropped = """
        The present audit log cannot be read, was altered, or names other keys: that of the \
        backup goes on.

        """

    @Test func `keeps what is no store under another name, each time`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        for (number, name) in [(1, "cards.db.dropped"), (2, "cards.db.dropped-2")] {
            let noise = [UInt8](repeating: UInt8(number), count: 9_000)
            for end in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: vault.scratch.file("cards.db\(end)"))
            }
            try vault.scratch.write(noise, to: "cards.db")
            let run = try vault.runJob(["restore", "copy", "--yes"])
            #expect(run.status == 0, "\(run)")
            #expect(
                run.error.hasSuffix(
                    Self.dropped + """
                        What the present store has that the backup has not is unknown.
                        The present store is kept as '\(name)'.

                        """), "\(run)")
            #expect(vault.scratch.read(name) == noise)
            #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
        }
    }

    @Test func `asks before it, and leaves all as it was`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        try vault.execute("UPDATE audit SET entry = zeroblob(100) WHERE sequence = 2")
        let before = try vault.contents()
        let run = try vault.runJob(["restore", "copy"])
        #expect(
            run.status == 1 && run.error.contains(Self.dropped)
                && run.error.hasSuffix("card-vault: \(ToolVault.cannotAsk)\nGive --yes.\n"))
        #expect(try vault.contents() == before)
    }

    @Test func `keeps a store whose log was altered where it is told to`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        try vault.execute("UPDATE audit SET entry = zeroblob(100) WHERE sequence = 2")
        let run = try vault.runJob(["restore", "copy", "--yes", "--keep-old", "evidence", "--json"])
        #expect(run.error.hasSuffix(Self.dropped + "The present store is kept as 'evidence'.\n"))
        let report = try object(run.output)
        #expect(report["keepsLog"] as? Bool == false)
        #expect(report["keptAs"] as? String == "evidence")
        #expect(try vault.scratch.names().contains("evidence"))
        #expect(try vault.run("audit", "verify").status == 0)
    }

    @Test func `says in JSON what nobody can tell`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        try vault.scratch.write([UInt8](repeating: 1, count: 9_000), to: "cards.db")
        let run = try vault.runJob(["restore", "copy", "--yes", "--json"])
        let report = try object(run.output)
        #expect(report["uncheckedScopes"] as? [String] == ["default", "acme"])
        #expect(report["lossUnknown"] as? Bool == true)
        #expect(report["keyringChecked"] as? Bool == false)
    }

    @Test func `keeps a store that does not tell whether the keyring is too old`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        try vault.execute("UPDATE pin SET code = zeroblob(32)")
        let run = try vault.runJob(["restore", "copy", "--yes", "--json"])
        #expect(
            run.error.hasSuffix(
                """
                The present store does not tell whether the keyring is an older one: make sure \
                that it is the latest.
                The present store is kept as 'cards.db.dropped'.

                """), "\(run)")
        let report = try object(run.output)
        #expect(report["keyringChecked"] as? Bool == false)
        #expect(report["lossUnknown"] as? Bool == false)
        #expect(try vault.detokenized(vault.token[...]) == ToolVault.storedCard)
    }

    @Test func `leaves a store of a later release alone`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        try vault.execute("PRAGMA user_version = 9")
        let before = try vault.files()
        #expect(try vault.runJob(["restore", "copy", "--yes"]).isRefusal(4))
        #expect(try vault.files() == before)
    }

    @Test func `says what is lost with a key that was destroyed since`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("backup", "copy").status == 0)
        let old = try vault.key("data", of: "default")
        #expect(try vault.run("key", "rotate", "data").status == 0)
        #expect(try vault.run("reseal").status == 0)
        #expect(try vault.runJob(["key", "destroy", old, "--yes"]).status == 0)
        let run = try vault.runJob(["restore", "copy", "--yes", "--json"])
        #expect(
            run.error.contains(
                "The data key \(old) was destroyed since; lost with it: 1 card.\n"), "\(run)")
        #expect(try object(run.output)["lostKeys"] as? [String] == [old])
    }
}
