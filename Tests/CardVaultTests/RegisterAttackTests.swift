// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import TestSupport
internal import Testing

/// Somebody who can write the database, and holds no key, changes the list of backups.
@Suite("Attacks on the register of backups") struct RegisterAttackTests {
    private let bench: Bench

    init() async throws {
        bench = try await Bench()
        _ = try await bench.vault.backUp(to: "\(bench.folder)/backup")
    }

    @Test func `alters a row`() async throws {
        let intruder = try bench.intruder()
        let content = try #require(
            try intruder.integers("SELECT length(content) FROM registers").first)
        var tally = Tally("columns of a register: every bit, truncation and appended byte")
        for column in ["key", "content", "seal_key", "code"] {
            let value = StoredValue(
                table: "registers", column: column, kind: .blob, place: "true")
            try await value.alter(by: intruder, &tally) {
                let refused = await code { try await bench.vault.backupList() }
                return refused == .integrity || refused == .store
            }
        }
        #expect(try await bench.vault.backupList().count == 1)
        try tally.report(of: [16, Int(content), 32, 32].map(Alterations.count).reduce(0, +))
    }

    /// Not counted as refused: the row is gone, which no code tells (SECURITY.md, "What is not
    /// detected").
    @Test func `alters the name of the register, which then has one row less`() async throws {
        try bench.tamper("UPDATE registers SET register = 'backupz'")
        #expect(try await bench.vault.backupList().isEmpty)
    }
}
