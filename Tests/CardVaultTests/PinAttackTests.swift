// SPDX-License-Identifier: Apache-2.0
internal import CardVault
@testable internal import CardVaultSQLite
internal import TestSupport
internal import Testing

/// Somebody who can write the database, and holds no key, changes the pin.
@Suite("Attacks on the pin") struct PinAttackTests {
    private let bench: Bench

    init() async throws {
        bench = try await Bench()
        _ = try await bench.scope().tokenize(PAN(Cards.visa))
    }

    /// Why the vault does not open.
    private func refusalToOpen() async -> VaultError.Code? {
        await code {
            _ = try await Vault(
                keyring: bench.keyring, store: bench.store, patience: Bench.patience)
        }
    }

    /// Alters columns of a row, and counts the refusals.
    private func alter(
        _ columns: [(String, StoredValue.Kind)], in table: String = "pin",
        by refusals: [VaultError.Code?] = [.integrity, .store], _ tally: Tally, of count: Int
    ) async throws {
        let intruder = try bench.intruder()
        var tally = tally
        for (column, kind) in columns {
            let value = StoredValue(table: table, column: column, kind: kind, place: "row = 1")
            try await value.alter(by: intruder, &tally) {
                refusals.contains(await refusalToOpen())
            }
        }
        try tally.report(of: count)
        #expect(await refusalToOpen() == nil)
    }

    @Test func `alters any column of it`() async throws {
        // A number of chains that does not fit a byte is no pin at all.
        try await alter(
            [
                ("vault", .blob), ("generation", .integer), ("keyring_code", .blob),
                ("required", .integer), ("seal_key", .blob), ("code", .blob),
                ("audit_chains", .integer),
            ], Tally("columns of the pin: every bit, truncation and appended byte"),
            of: [16, 32, 32, 32].map(Alterations.count).reduce(3 * 64, +))
    }

    @Test func `alters the name of the store's vault`() async throws {
        try await alter(
            [("id", .blob)], in: "vault", by: [.otherVault, .store],
            Tally("the id of the store's vault: every bit, truncation and appended byte"),
            of: Alterations.count(of: 16))
    }

    @Test(arguments: [
        "UPDATE pin SET generation = 0, required = 0", "UPDATE pin SET code = X''",
        "UPDATE pin SET keyring_code = X''", "DELETE FROM pin",
        "UPDATE pin SET seal_key = (SELECT id FROM keys WHERE purpose = 'audit')",
        "UPDATE pin SET seal_key = (SELECT id FROM keys WHERE purpose = 'data')",
    ])
    func `rewrites it`(_ sql: String) async throws {
        try bench.tamper(sql)
        #expect(await refusalToOpen() == .integrity)
    }

    @Test(arguments: ["vault", "seal_key"]) func `cuts a value short`(_ column: String) async throws
    {
        try bench.tamper("UPDATE pin SET \(column) = X'00'")
        let error = await refusal {
            _ = try await Vault(
                keyring: bench.keyring, store: bench.store, patience: Bench.patience)
        }
        #expect(error?.store?.code == .corrupt)
    }

    @Test func `makes the store another vault's`() async throws {
        try bench.tamper("UPDATE vault SET id = zeroblob(16)")
        #expect(await refusalToOpen() == .otherVault)
        try bench.tamper("DELETE FROM vault")
        #expect(await refusalToOpen() == .notInitialized)
    }
}
