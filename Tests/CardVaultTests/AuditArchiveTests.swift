// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Testing

@Suite("Archive of an audit log") struct AuditArchiveTests {
    private struct Refusal: Error {}

    /// A vault with 20 entries of the years after 2027, each a millisecond after the other.
    private func bench(_ kind: StoreKind) async throws -> Bench {
        let bench = try await Bench(kind) { Timestamp(milliseconds: 1_700_000_000_000) ?? .now() }
        try await bench.vault.record((0..<20).map { try AuditSamples.event($0) })
        return bench
    }

    /// The time of the entry of this number.
    private func time(_ number: UInt64) throws -> Timestamp {
        try moment(1_800_000_000_000 + number)
    }

    private func archive(_ bench: Bench, before moment: Timestamp) async throws -> [String] {
        var (lines, committed) = ([String](), 0)
        let count = try await bench.vault.archiveAudit(before: moment) {
            lines.append($0.json)
        } commit: {
            committed = lines.count
        }
        #expect(count == lines.count && committed == count)
        return lines
    }

    @Test(arguments: StoreKind.allCases)
    func `has the old entries, and the store the others`(_ kind: StoreKind) async throws {
        let bench = try await bench(kind)
        let before = try await bench.store.auditLog().entries
        let lines = try await archive(bench, before: time(10))
        // Those that began the log have the time of the making.
        #expect(lines.count == before.count - 10)
        let after = try await bench.store.auditLog()
        #expect(after.entries.dropLast() == before.suffix(10))
        #expect(after.head?.firstKept == UInt64(lines.count + 1))
        #expect(try await bench.store.events().last?.action == .archiveAudit)
        let archived = try bench.verdict(ofExport: lines)
        #expect(archived.fault == nil && !archived.isComplete)
        #expect(archived.first == 1 && archived.last == UInt64(lines.count))
        let kept = try await bench.verdict()
        #expect(kept.fault == nil && kept.isComplete && kept.first == archived.last + 1)
    }

    @Test(arguments: StoreKind.allCases)
    func `goes on where the one before it ended`(_ kind: StoreKind) async throws {
        let bench = try await bench(kind)
        let first = try await archive(bench, before: time(5))
        _ = try await bench.scope().find(PAN(Cards.visa))
        let second = try await archive(bench, before: time(15))
        #expect(second.count == 10)
        let rest = try await bench.export()
        for lines in [first, second, rest, first + second, second + rest, first + second + rest] {
            #expect(try bench.verdict(ofExport: lines).fault == nil)
        }
        // Without the second, the others do not meet.
        let missing = AuditFault(kind: .missing, sequence: UInt64(first.count + 1))
        #expect(try bench.verdict(ofExport: first + rest).fault == missing)
        let whole = try bench.verdict(ofExport: first + second + rest)
        #expect(whole.first == 1 && whole.isComplete)
    }

    @Test func `ends with the head that the first kept entry names`() async throws {
        let bench = try await bench(.sqlite)
        let lines = try await archive(bench, before: time(5))
        let last = try #require(lines.last.flatMap { ExportedAuditEntry(json: $0) }?.entry)
        let kept = try #require(try await bench.store.auditLog().entries.first)
        let audit = try await bench.vault.vaultKeys().audit
        let head = audit.auditKey.key.head(of: last.bytes, in: bench.vault.id)
        #expect(AuditEntry(bytes: kept.bytes)?.previous == head)
        #expect(last.sequence + 1 == kept.sequence)
    }

    @Test func `of nothing is none, and is not put on record`() async throws {
        let bench = try await bench(.memory)
        let before = try await bench.store.auditLog()
        let lines = try await archive(bench, before: moment(1))
        #expect(lines.isEmpty)
        let after = try await bench.store.auditLog()
        #expect(after.entries == before.entries && after.head == before.head)
    }

    @Test func `leaves the newest entry`() async throws {
        let bench = try await bench(.memory)
        let last = try #require(try await bench.store.auditLog().entries.last)
        let end = try moment(1 << 48 - 1)
        #expect(try await archive(bench, before: end).count == Int(last.sequence) - 1)
        let kept = try await bench.store.auditLog().entries
        #expect(kept.first == last && kept.count == 2)
        #expect(try await archive(bench, before: end).count == 1)
        #expect(try await bench.isLogSound())
        _ = try await bench.scope().find(PAN(Cards.visa))
        #expect(try await bench.isLogSound())
    }

    /// Entries are in the order of the chain. A clock that was set back makes none go early.
    @Test func `ends before the first entry that is not old`() async throws {
        let clocks: [UInt64] = [1, 2, 9, 3, 4]
        let bench = try await bench(.memory)
        try await bench.vault.record(
            clocks.map { clock in
                try AuditEvent(
                    time: moment(1_900_000_000_000 + clock), caller: AuditSamples.caller(),
                    action: .find, outcome: .missing)
            })
        _ = try await archive(bench, before: moment(1_900_000_000_005))
        let kept = try await bench.store.events().map(\.time.milliseconds)
        #expect(kept.first == 1_900_000_000_009)
        #expect(try await bench.isLogSound())
    }

    @Test(arguments: StoreKind.allCases)
    func `that was not made durable takes nothing away`(_ kind: StoreKind) async throws {
        let bench = try await bench(kind)
        let before = try await bench.store.auditLog()
        let end = try time(10)
        await #expect(throws: Refusal.self) {
            try await bench.vault.archiveAudit(before: end) { _ in
            } commit: {
                throw Refusal()
            }
        }
        await #expect(throws: Refusal.self) {
            try await bench.vault.archiveAudit(before: end) { _ in
                throw Refusal()
            } commit: {
                Issue.record("nothing was written")
            }
        }
        let after = try await bench.store.auditLog()
        #expect(after.entries == before.entries && after.head == before.head)
        // A crash between the file and the store leaves both; the next archive has them again.
        #expect(try await archive(bench, before: end).count == before.entries.count - 10)
        #expect(try await bench.isLogSound())
    }

    @Test func `that cannot be put on record takes nothing away`() async throws {
        let bench = try await bench(.sqlite)
        let before = try await bench.store.auditLog()
        try bench.tamper(
            "CREATE TRIGGER stop BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END")
        #expect(await code { try await archive(bench, before: time(10)) } == .store)
        let after = try await bench.store.auditLog()
        #expect(after.entries == before.entries && after.head == before.head)
    }

    @Test(arguments: [
        "DELETE FROM audit WHERE sequence = 12", "DELETE FROM audit WHERE sequence > 12",
        "UPDATE audit SET entry = X'' WHERE sequence = 12",
        "UPDATE audit SET entry = (SELECT entry FROM audit WHERE sequence = 3) WHERE sequence = 12",
    ]) func `is not made of a log with a fault`(_ sql: String) async throws {
        let bench = try await bench(.sqlite)
        try bench.tamper(sql)
        let before = try await bench.store.auditLog().entries
        var lineCount = 0
        let refused = await refusal {
            try await bench.vault.archiveAudit(before: try time(5)) { _ in
                lineCount += 1
            } commit: {
                Issue.record("a log with a fault was archived")
            }
        }
        let place = sql.contains("> 12") ? 13 : 12
        #expect(refused == VaultError(.integrity, subject: "audit entry \(place)"))
        #expect(lineCount == 0)
        #expect(try await bench.store.auditLog().entries == before)
    }

    @Test func `can be checked after the keys' owner stopped`() async throws {
        let bench = try await bench(.sqlite)
        let lines = try await archive(bench, before: time(10))
        try await bench.vault.stop()
        var check = try AuditExportCheck(keyring: bench.unlocked())
        for line in lines { try check.check(line) }
        #expect(check.finish().fault == nil)
    }
}
