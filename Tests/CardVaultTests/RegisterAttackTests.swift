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

    /// The columns by which the row is not found are of another test.
    private func alter(
        _ columns: [(String, StoredValue.Kind)], _ tally: Tally, isRefused: () async -> Bool
    ) async throws -> Tally {
        let intruder = try bench.intruder()
        var tally = tally
        for (column, kind) in columns {
            let value = StoredValue(table: "registers", column: column, kind: kind, place: "true")
            try await value.alter(by: intruder, &tally, isRefused: isRefused)
        }
        #expect(try await bench.vault.backupList().count == 1)
        return tally
    }

    @Test func `alters a row`() async throws {
        let content = try #require(
            try bench.intruder().integers("SELECT length(content) FROM registers").first)
        let tally = try await alter(
            [("key", .blob), ("content", .blob), ("seal_key", .blob), ("code", .blob)],
            Tally("columns of a register: every bit, truncation and appended byte")
        ) {
            let refused = await code { try await bench.vault.backupList() }
            return refused == .integrity || refused == .store
        }
        try tally.report(of: [16, Int(content), 32, 32].map(Alterations.count).reduce(0, +))
    }

    /// Then the row is gone, which no code tells.
    @Test func `alters the name of the register, which then has one row less`() async throws {
        let tally = try await alter(
            [("register", .text)],
            Tally("the name of a register: every bit, truncation and appended byte")
        ) {
            (try? await bench.vault.backupList().isEmpty) ?? true
        }
        try tally.report(of: Alterations.count(of: "backups".utf8.count))
    }
}
