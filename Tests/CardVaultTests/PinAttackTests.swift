// SPDX-License-Identifier: Apache-2.0
internal import CardVault
@testable internal import CardVaultSQLite
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

    @Test func `flips any bit of it`() async throws {
        let intruder = try bench.intruder()
        let columns = [
            ("vault", StoredValue.Kind.blob), ("generation", .integer), ("keyring_code", .blob),
            ("required", .integer), ("seal_key", .blob), ("code", .blob),
        ]
        var count = 0
        for (column, kind) in columns {
            let value = StoredValue(table: "pin", column: column, kind: kind, place: "row = 1")
            let (right, wrong) = try value.flips(intruder)
            for flip in wrong {
                try intruder.execute(value.update(flip))
                #expect(await refusalToOpen() == .integrity, "\(column) \(flip)")
                count += 1
            }
            try intruder.execute(value.update(right))
        }
        #expect(count == 8 * (16 + 8 + 32 + 8 + 32 + 32))
        #expect(await refusalToOpen() == nil)
    }

    @Test func `flips any bit of the number of audit chains`() async throws {
        let intruder = try bench.intruder()
        let value = StoredValue(
            table: "pin", column: "audit_chains", kind: .integer, place: "row = 1")
        let (right, wrong) = try value.flips(intruder)
        #expect(right == "1")
        for flip in wrong {
            try intruder.execute(value.update(flip))
            // What does not fit a byte is no pin at all.
            let code = await refusalToOpen()
            #expect(code == .integrity || code == .store, "\(flip)")
        }
        #expect(wrong.count == 64)
        try intruder.execute(value.update(right))
        #expect(await refusalToOpen() == nil)
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
