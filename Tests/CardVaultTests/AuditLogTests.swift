// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import TestSupport
internal import Testing

/// The log in a file, changed by somebody who can write the file and holds no key.
@Suite("Audit log in a store") struct AuditLogTests {
    /// A vault with so many entries.
    private func bench(_ count: Int) async throws -> Bench {
        let bench = try await Bench()
        let begun = try await bench.store.auditLog().entries.count
        try await bench.vault.record((begun..<count).map { try AuditSamples.event($0) })
        return bench
    }

    /// What a check finds after some SQL, which is taken back then.
    private func fault(_ bench: Bench, _ intruder: SQLiteConnection, _ sql: String) async throws
        -> AuditFault?
    {
        try intruder.execute(
            "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM audit; \(sql)")
        let fault = try await bench.verdict().fault
        try intruder.execute("DELETE FROM audit; INSERT INTO audit SELECT * FROM kept")
        return fault
    }

    private static let count = 40

    /// What somebody may do at a place.
    enum Change: CaseIterable {
        case remove, cut, swap, copyOver, insertCopy, edit, empty

        func sql(_ place: Int) -> String {
            switch self {
            case .remove: "DELETE FROM audit WHERE sequence = \(place)"
            case .cut: "DELETE FROM audit WHERE sequence >= \(place)"
            case .swap:
                "UPDATE audit SET sequence = -1 WHERE sequence = \(place);"
                    + "UPDATE audit SET sequence = \(place) WHERE sequence = \(place + 1);"
                    + "UPDATE audit SET sequence = \(place + 1) WHERE sequence = -1"
            case .copyOver:
                "UPDATE audit SET entry = (SELECT entry FROM audit WHERE sequence = \(place)) "
                    + "WHERE sequence = \(place + 1)"
            case .insertCopy:
                "UPDATE audit SET sequence = -sequence WHERE sequence > \(place);"
                    + "UPDATE audit SET sequence = 1 - sequence WHERE sequence < 0;"
                    + "INSERT INTO audit SELECT \(place + 1), entry FROM audit "
                    + "WHERE sequence = \(place)"
            case .edit:
                // By another byte than it has.
                """
                UPDATE audit SET entry = CAST(substr(entry, 1, 60)
                    || iif(substr(entry, 61, 1) = X'7e', X'7f', X'7e')
                    || substr(entry, 62) AS BLOB) WHERE sequence = \(place)
                """
            case .empty: "UPDATE audit SET entry = X'' WHERE sequence = \(place)"
            }
        }

        func fault(_ place: Int) -> AuditFault {
            switch self {
            case .remove, .cut: AuditFault(kind: .missing, sequence: UInt64(place))
            case .copyOver, .insertCopy: AuditFault(kind: .altered, sequence: UInt64(place + 1))
            case .swap, .edit, .empty: AuditFault(kind: .altered, sequence: UInt64(place))
            }
        }

        /// The places at which it can be done.
        var places: Range<Int> {
            self == .swap || self == .copyOver
                ? 1..<AuditLogTests.count : 1..<AuditLogTests.count + 1
        }
    }

    @Test(arguments: Change.allCases) func `shows a change at every place`(_ change: Change)
        async throws
    {
        let bench = try await bench(Self.count)
        let intruder = try bench.intruder()
        var tally = Tally("audit entries removed, cut off, swapped, copied, edited or emptied")
        for place in change.places {
            let found = try await fault(bench, intruder, change.sql(place))
            tally.count(refused: found == change.fault(place), "\(change) \(place)")
        }
        try tally.report(of: change == .swap || change == .copyOver ? 39 : 40)
        #expect(try await bench.isLogSound())
    }

    @Test func `shows rows before and after it`() async throws {
        let bench = try await bench(10)
        let intruder = try bench.intruder()
        for (place, fault) in [
            (0, AuditFault(kind: .inserted, sequence: 0)),
            (11, AuditFault(kind: .altered, sequence: 11)),
            (12, AuditFault(kind: .missing, sequence: 11)),
            (Int.max, AuditFault(kind: .missing, sequence: 11)),
        ] {
            let sql = "INSERT INTO audit SELECT \(place), entry FROM audit WHERE sequence = 1"
            #expect(try await self.fault(bench, intruder, sql) == fault)
        }
    }

    private static let columns = [
        ("sequence", StoredValue.Kind.integer), ("head", .blob), ("first_kept", .integer),
        ("seal_key", .blob), ("code", .blob),
    ]

    @Test func `shows every change of its end`() async throws {
        let bench = try await bench(10)
        let intruder = try bench.intruder()
        let end = AuditFault(kind: .end, sequence: 10)
        var tally = Tally("the end of the audit log: every bit, truncation and appended byte")
        for (column, kind) in Self.columns {
            let value = StoredValue(
                table: "audit_heads", column: column, kind: kind, place: "chain = 0")
            try await value.alter(by: intruder, &tally) {
                guard let verdict = try await verdict(bench) else { return true }
                return verdict.fault == end && !verdict.isComplete
            }
        }
        try tally.report(of: 2 * 64 + 3 * Alterations.count(of: 32))
        #expect(try await bench.isLogSound())
    }

    /// What a check finds; nil where the store refuses the row as none.
    private func verdict(_ bench: Bench) async throws -> AuditVerdict? {
        var verdict: AuditVerdict?
        let code = await code { verdict = try await bench.verdict() }
        #expect(code == nil || code == .store)
        return verdict
    }

    @Test func `shows every change of the place and the bytes of an entry`() async throws {
        let bench = try await bench(10)
        let intruder = try bench.intruder()
        let entry = try await bench.store.auditLog().entries[4].bytes
        let place = "substr(entry, 1, 10) = X'\(hex(Array(entry.prefix(10))))'"
        var tally = Tally("the place of an audit entry: every bit that is no other's")
        let sequence = StoredValue(
            table: "audit", column: "sequence", kind: .integer, place: place, isUnique: true)
        try await sequence.alter(by: intruder, &tally) { try await !bench.isLogSound() }
        // Entries 1, 4 and 7 are one bit from entry 5.
        try tally.report(of: 64 - 3)
        tally = Tally("an audit entry in the store: every bit, truncation and appended byte")
        let value = StoredValue(
            table: "audit", column: "entry", kind: .blob, place: "sequence = 5")
        try await value.alter(by: intruder, &tally) {
            try await bench.verdict().fault == AuditFault(kind: .altered, sequence: 5)
        }
        try tally.report(of: Alterations.count(of: entry.count))
        #expect(try await bench.isLogSound())
    }

    @Test(arguments: [
        ("DELETE FROM audit_heads", 10), ("DELETE FROM audit_heads; DELETE FROM audit", 0),
        ("UPDATE audit_heads SET head = X''", 10), ("UPDATE audit_heads SET code = X''", 10),
    ]) func `shows that its end is gone`(_ sql: String, _ place: UInt64) async throws {
        let bench = try await bench(10)
        try bench.tamper(sql)
        #expect(try await bench.verdict().fault == AuditFault(kind: .end, sequence: place))
    }

    @Test(arguments: [0, 9_223_372_036_854_775_807])
    func `shows an entry in a place that it never had, its end changed`(_ place: Int) async throws {
        let bench = try await bench(10)
        let entry = try await bench.store.auditLog().entries[0].bytes
        let header = [1, 0] + (0..<8).map { UInt8(truncatingIfNeeded: place >> (56 - 8 * $0)) }
        try bench.tamper(
            "UPDATE audit_heads SET code = X''; DELETE FROM audit;"
                + "INSERT INTO audit VALUES (\(place), X'\(hex(header + entry[10...]))')")
        #expect(try await bench.verdict().fault != nil)
    }

    @Test func `is checked with its own keyring only`() async throws {
        let (bench, other) = (try await bench(10), try await Bench(isStranger: true))
        let log = AuditLog(keyring: other.keyring, store: bench.store)
        #expect(await code { try await log.verify() } == .otherVault)
        let none = AuditLog(
            keyring: bench.keyring, store: try SQLiteStore.create(path: "\(bench.folder)/new.db"))
        #expect(await code { try await none.verify() } == .otherVault)
    }

    @Test func `is not checked with keys that were altered`() async throws {
        let bench = try await bench(10)
        try bench.tamper("UPDATE key_sets SET code = X'' WHERE scope = ''")
        #expect(await code { try await bench.verdict() } == .integrity)
        try bench.tamper("DELETE FROM key_sets WHERE scope = ''")
        #expect(await code { try await bench.verdict() } == .notInitialized)
    }

    @Test func `is checked without a trace`() async throws {
        let bench = try await bench(10)
        let before = try await bench.store.auditLog()
        _ = try await bench.verdict()
        let after = try await bench.store.auditLog()
        #expect(after.entries == before.entries && after.head == before.head)
    }

    /// The tail is read after it was put on record that somebody read it.
    @Test(arguments: [1, 3, 11, 12, 5_000]) func `lends its tail`(count: Int) async throws {
        let bench = try await bench(10)
        let tail = try await bench.vault.auditTail(count)
        let places = Array((1...11).suffix(count)).map { UInt64($0) }
        #expect(tail.map(\.entry.sequence) == places)
        #expect(tail.last?.entry.event.action == .readAudit)
    }
}
