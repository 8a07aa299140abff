// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import TestSupport
internal import Testing

/// What cannot be put on record is not revealed.
@Suite("Record that cannot be made") struct AuditFailureTests {
    @Test(
        arguments: RevealingDeed.allCases, [.full, .busy, .failed, .readOnly] as [StoreError.Code])
    func `reveals nothing where the store fails`(
        _ deed: RevealingDeed, _ kind: StoreError.Code
    ) async throws {
        let desk = try await AuditDesk(.memory)
        let log = try await desk.bench.store.auditLog()
        desk.probe.beforeWrite { count throws(StoreError) in
            if count > deed.earlierWriteCount { throw StoreError(kind, systemCode: 28) }
        }
        let expected = VaultError(store: StoreError(kind, systemCode: 28))
        #expect(await desk.refusal(of: deed) == expected)
        #expect(try await desk.bench.store.auditLog().entries == log.entries)
        desk.probe.beforeWrite { _ in }
        #expect(await desk.refusal(of: deed) == nil)
        #expect(try await desk.bench.isLogSound())
    }

    @Test(arguments: RevealingDeed.allCases)
    func `reveals nothing where the entry alone fails`(_ deed: RevealingDeed) async throws {
        let desk = try await AuditDesk()
        try desk.bench.tamper(
            "CREATE TRIGGER stop BEFORE INSERT ON audit BEGIN SELECT RAISE(FAIL, 'no'); END")
        #expect(await desk.refusal(of: deed)?.code == .store)
        try desk.bench.tamper("DROP TRIGGER stop")
        #expect(await desk.refusal(of: deed) == nil)
        #expect(try await desk.bench.isLogSound())
    }

    @Test(arguments: RevealingDeed.allCases)
    func `reveals nothing where the head is gone`(_ deed: RevealingDeed) async throws {
        let desk = try await AuditDesk()
        try desk.bench.tamper("CREATE TABLE kept AS SELECT * FROM audit_heads")
        try desk.bench.tamper("DELETE FROM audit_heads")
        #expect(await desk.refusal(of: deed) == VaultError(.integrity, subject: "audit head"))
        try desk.bench.tamper("INSERT INTO audit_heads SELECT * FROM kept")
        #expect(await desk.refusal(of: deed) == nil)
        #expect(try await desk.bench.isLogSound())
    }

    private static let headColumns = [
        StoredValue(table: "audit_heads", column: "sequence", kind: .integer, place: "chain = 0"),
        StoredValue(table: "audit_heads", column: "head", kind: .blob, place: "chain = 0"),
        StoredValue(table: "audit_heads", column: "first_kept", kind: .integer, place: "chain = 0"),
        StoredValue(table: "audit_heads", column: "seal_key", kind: .blob, place: "chain = 0"),
        StoredValue(table: "audit_heads", column: "code", kind: .blob, place: "chain = 0"),
    ]

    @Test func `reveals nothing where any bit of the head is another`() async throws {
        let desk = try await AuditDesk()
        let intruder = try desk.bench.intruder()
        let before = try await desk.bench.store.auditLog()
        var tally = Tally("detokenizations by an audit log of which the end is altered")
        for value in Self.headColumns {
            try await value.alter(by: intruder, &tally) {
                let refusal = await desk.refusal(of: .detokenize)
                return refusal == VaultError(.integrity, subject: "audit head")
                    || refusal?.code == .store
            }
        }
        try tally.report(of: 2 * 64 + 3 * Alterations.count(of: 32))
        #expect(try await desk.bench.store.auditLog().entries == before.entries)
        #expect(await desk.refusal(of: .detokenize) == nil)
        #expect(try await desk.bench.isLogSound())
    }

    @Test(arguments: RevealingDeed.allCases)
    func `reveals nothing where the head is older than the log`(_ deed: RevealingDeed) async throws
    {
        let desk = try await AuditDesk()
        try desk.bench.tamper("CREATE TABLE older AS SELECT * FROM audit_heads")
        #expect(await desk.refusal(of: .detokenize) == nil)
        try desk.bench.tamper("CREATE TABLE newest AS SELECT * FROM audit_heads")
        try desk.bench.tamper("REPLACE INTO audit_heads SELECT * FROM older")
        #expect(await desk.refusal(of: deed) == VaultError(.integrity, subject: "audit head"))
        try desk.bench.tamper("REPLACE INTO audit_heads SELECT * FROM newest")
        #expect(await desk.refusal(of: deed) == nil)
        #expect(try await desk.bench.isLogSound())
    }

    @Test func `reveals nothing where the head is another vault's`() async throws {
        let (desk, other) = (try await AuditDesk(), try await AuditDesk())
        let head = try await other.bench.store.auditLog().head
        try await desk.bench.store.write { transaction throws(StoreError) in
            if let head { try transaction.put(head) }
        }
        #expect(await desk.refusal(of: .detokenize)?.code == .integrity)
    }

    /// The pin says that there was a log.
    @Test(arguments: ["", "DELETE FROM audit"])
    func `opens no vault whose log is gone`(_ also: String) async throws {
        let bench = try await Bench()
        try bench.tamper("DELETE FROM audit_heads; \(also)")
        let refused = VaultError(.integrity, subject: "audit head")
        #expect(await refusal { try await bench.opened() } == refused)
        // Not with a keyring that is newer than the pin either.
        let other = try bench.unlocked()
        try other.addScope(
            #require(ScopeID("acme")), tokens: .timeOrdered, at: .now(), under: other.lock())
        #expect(await refusal { try await bench.opened() } == refused)
        #expect(try bench.rowCount("audit_heads") == 0)
    }

    @Test func `opens no vault whose pin says that it never had a log`() async throws {
        let bench = try await Bench()
        try bench.tamper(
            "DELETE FROM audit_heads; DELETE FROM audit; UPDATE pin SET audit_chains = 0")
        #expect(
            await refusal { try await bench.opened() } == VaultError(.integrity, subject: "pin"))
    }

    @Test func `still stores what reveals nothing`() async throws {
        let desk = try await AuditDesk()
        try desk.bench.tamper("DELETE FROM audit_heads")
        #expect(try await desk.scope.tokenize(PAN(Cards.amex)).isNew)
        #expect(try await desk.scope.describe(desk.token).token == desk.token)
    }
}
