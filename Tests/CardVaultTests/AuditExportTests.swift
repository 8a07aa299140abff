// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
internal import Foundation
internal import Testing

@Suite("Export of an audit log") struct AuditExportTests {
    @Test func `is as it was written, to its end`() async throws {
        let exported = try await AuditExported.shared.value
        let verdict = try exported.bench.verdict(ofExport: exported.lines)
        #expect(verdict.fault == nil && verdict.isComplete)
        #expect(verdict.first == 1 && verdict.last == UInt64(exported.lines.count - 1))
    }

    /// PCI DSS 10.2.2: user, type of event, date and time, success or failure, origin, and what it
    /// was done to.
    @Test func `says who did what, when, from where, to what, and how it ended`() async throws {
        struct Line: Decodable, Equatable {
            let key, entry, time, actor, action, outcome: String
            let purpose, origin, scope: String?
            let sequence: UInt64
            let asked: Int
            let ids: [String]
        }
        let bench = try await Bench(.memory) {
            Timestamp(milliseconds: 1_800_000_000_123) ?? .now()
        }
        let scope = try await bench.vault.scope("default", as: #"a "b" \c"#, from: "10.0.0.7")
        let token = try await scope.tokenize(PAN(Cards.visa)).token
        _ = try await scope.detokenize(token, purpose: "settle")
        let text = try #require(try await bench.export().dropLast(2).last)
        let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
        let audit = try #require(bench.keyring.current().primary(.audit))
        #expect(
            line
                == Line(
                    key: audit.id.description, entry: line.entry, time: "2027-01-15T08:00:00.123Z",
                    actor: #"a "b" \c"#, action: "detokenize", outcome: "done", purpose: "settle",
                    origin: "10.0.0.7", scope: "default", sequence: line.sequence, asked: 1,
                    ids: [token.description]))
        #expect(!text.contains(Cards.visa) && text.utf8.allSatisfy { (0x20...0x7e).contains($0) })
    }

    @Test func `is what it was when a line is read`() async throws {
        let exported = try await AuditExported.shared.value
        for line in exported.lines.dropLast() {
            let read = try #require(ExportedAuditEntry(json: line))
            #expect(read.json == line)
        }
        let vault = exported.bench.vault.id
        let last = try #require(exported.lines.last)
        #expect(AuditHead(json: last, of: vault) == exported.head && exported.head != nil)
        #expect(AuditHead(json: last, of: .random()) == nil)
    }

    @Test func `is checked with the keyring of its vault only`() async throws {
        let (exported, other) = (try await AuditExported.shared.value, try await Bench(.memory))
        #expect(try other.verdict(ofExport: exported.lines).fault != nil)
    }

    @Test func `holds against an anchor`() async throws {
        let exported = try await AuditExported.shared.value
        let anchor = try await exported.bench.vault.auditAnchor()
        let verdict = try exported.bench.verdict(ofExport: exported.lines, against: [anchor])
        #expect(verdict.fault == nil && verdict.anchoredThrough == nil)
        #expect(verdict.laterAnchorCount == 1)
        let later = try exported.bench.verdict(
            ofExport: try await exported.bench.export(), against: [anchor])
        #expect(later.fault == nil && later.anchoredThrough == anchor.sequence)
        #expect(later.laterAnchorCount == 0 && later.earlierAnchorCount == 0)
    }

    @Test func `begins with the first entry that is not before a moment`() async throws {
        let bench = try await Bench(.memory)
        try await bench.vault.record((0..<10).map { try AuditSamples.event($0) })
        let all = try await bench.export()
        let first = try #require(all.firstIndex { $0.contains("settlement 4\"") })
        let since = try await bench.export(since: moment(1_800_000_000_004))
        #expect(since.prefix(5) == all[first..<(first + 5)])
        let verdict = try bench.verdict(ofExport: since)
        #expect(verdict.fault == nil && verdict.isComplete && verdict.first == UInt64(first + 1))
        let none = try await bench.export(since: moment(1 << 48 - 1))
        #expect(none.count == 1)
        #expect(try bench.verdict(ofExport: none).fault == nil)
    }

    @Test func `has more entries than are read at a time`() async throws {
        #expect(AuditLog.pageCount == 1_000)
        let bench = try await Bench(.memory)
        try await bench.vault.record((0..<2_500).map { try AuditSamples.event($0) })
        let lines = try await bench.export()
        let count = try await bench.store.events().count
        #expect(count > 2_500 && lines.count == count + 1)
        #expect(try bench.verdict(ofExport: lines).fault == nil)
    }

    @Test func `fits every entry into a line`() async throws {
        let bench = try await Bench(.memory)
        let keys = try (0..<AuditSubject.idLimit).map(StoreSamples.keyID)
        let text = String(repeating: "\"", count: 200)
        let event = AuditEvent(
            time: .now(), caller: try Caller(text, from: text), action: .addScope, outcome: .done,
            purpose: AuditText(text), subject: .keys(keys))
        try await bench.vault.record([event])
        let lines = try await bench.export()
        #expect(lines.allSatisfy { $0.utf8.count <= AuditExportCheck.lineByteLimit })
        #expect(lines.contains { $0.utf8.count > AuditExportCheck.lineByteLimit / 4 })
        #expect(try bench.verdict(ofExport: lines).fault == nil)
    }
}
