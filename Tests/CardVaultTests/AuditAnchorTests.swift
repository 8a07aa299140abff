// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import TestSupport
internal import Testing

/// What only a head that was kept elsewhere can show.
@Suite("Audit anchor") struct AuditAnchorTests {
    /// A log cut back with a sealed end of its own time is a log as it once was.
    @Test func `shows every cut that an older end hides`() async throws {
        let sample = try await AuditSample.thousand.value
        let (blind, anchored) = (
            sample.checks(), sample.checks(against: [try sample.anchor(1_000)])
        )
        var (hiddenCount, foundCount) = (0, 0)
        for count in 0..<1_000 {
            let end = sample.olderHead(count)
            if sample.fault(after: blind[count], then: [], end: end) == nil { hiddenCount += 1 }
            let fault = AuditFault(kind: .missing, sequence: UInt64(count + 1))
            if sample.fault(after: anchored[count], then: [], end: end) == fault { foundCount += 1 }
        }
        #expect(hiddenCount == 1_000)
        #expect(foundCount == 1_000)
    }

    @Test func `of any place holds for the log that it is of`() async throws {
        let sample = try await AuditSample.thousand.value
        for place in [1, 2, 500, 999, 1_000] {
            let verdict = try await sample.bench.verdict(against: [sample.anchor(place)])
            #expect(verdict.fault == nil && verdict.anchoredThrough == UInt64(place))
        }
        let several = try [3, 700, 20].map(sample.anchor)
        let verdict = try await sample.bench.verdict(against: several + several)
        #expect(verdict.fault == nil && verdict.anchoredThrough == 700)
        #expect(verdict.earlierAnchorCount == 0)
    }

    @Test func `is what a vault gives of the end of its log`() async throws {
        let bench = try await Bench()
        let anchor = try await bench.vault.auditAnchor()
        let head = try #require(try await bench.store.auditLog().head)
        #expect(anchor.sequence == head.sequence && anchor.head == head.head)
        #expect(anchor.vault == bench.vault.id)
        #expect(try await bench.verdict(against: [anchor]).anchoredThrough == head.sequence)
    }

    /// Two histories from one begin, as who holds the keys and a copy of the store can make them.
    private struct Histories {
        let bench: Bench
        let anchors: [AuditAnchor]
        let commonCount: UInt64

        init() async throws {
            bench = try await Bench()
            commonCount = try #require(try await bench.store.auditLog().head).sequence
            try bench.tamper(
                "CREATE TABLE kept AS SELECT * FROM audit;"
                    + "CREATE TABLE kept_head AS SELECT * FROM audit_heads")
            var anchors = [try await bench.vault.auditAnchor()]
            try bench.tamper(
                "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept;"
                    + "REPLACE INTO audit_heads SELECT * FROM kept_head")
            try await bench.vault.record((0..<5).map { try AuditSamples.event($0) })
            anchors.append(try await bench.vault.auditAnchor())
            self.anchors = anchors
        }
    }

    @Test func `shows a history that was written again`() async throws {
        let histories = try await Histories()
        let (bench, place) = (histories.bench, histories.commonCount + 1)
        #expect(try await bench.isLogSound())
        let first = histories.anchors[0]
        #expect(first.sequence == place)
        let rewritten = AuditFault(kind: .rewritten, sequence: place)
        #expect(try await bench.verdict(against: [first]).fault == rewritten)
        #expect(try await bench.verdict(against: histories.anchors).fault == rewritten)
        let verdict = try await bench.verdict(against: [histories.anchors[1]])
        #expect(verdict.fault == nil && verdict.anchoredThrough == place + 5)
    }

    /// Whichever of two heads of one place comes first in the file.
    @Test func `shows two histories by two heads of one place`() async throws {
        let sample = try await AuditSample.thousand.value
        let right = try sample.anchor(10)
        let head = AuditHead(
            sequence: 10, head: [UInt8](repeating: 1, count: 32), firstKept: 1,
            in: sample.keys.vault, sealedBy: sample.keys.sealKey.key)
        let wrong = AuditAnchor(head, of: sample.keys.vault, at: right.time)
        let rewritten = AuditFault(kind: .rewritten, sequence: 10)
        for anchors in [[wrong], [right, wrong], [wrong, right]] {
            #expect(try await sample.bench.verdict(against: anchors).fault == rewritten)
        }
    }

    @Test func `of another vault is refused`() async throws {
        let (sample, other) = (
            try await AuditSample.thousand.value, try await Bench(.memory, isStranger: true)
        )
        let anchor = try await other.vault.auditAnchor()
        let anchors = [try sample.anchor(3), anchor]
        #expect(await code { try await sample.bench.verdict(against: anchors) } == .otherVault)
        let keyring = sample.bench.keyring
        #expect(
            await code { try AuditExportCheck(keyring: keyring, anchors: anchors) } == .otherVault)
    }

    @Test func `before the first entry that is kept is counted, but for the one next to it`()
        async throws
    {
        let bench = try await Bench()
        try await bench.vault.record((0..<20).map { try AuditSamples.event($0) })
        var anchors: [AuditAnchor] = []
        for _ in 0..<4 { anchors.append(try await bench.vault.auditAnchor()) }
        let cut = anchors[2].sequence
        let keys = try await bench.vault.vaultKeys().audit
        try await bench.store.write { transaction throws(StoreError) in
            let pen = AuditPen(transaction, keys)
            #expect(try pen.archive(from: 1, through: cut))
            try pen.finish()
        }
        let verdict = try await bench.verdict(against: anchors)
        #expect(verdict.fault == nil && verdict.first == cut + 1)
        #expect(verdict.earlierAnchorCount == 2)
        #expect(verdict.anchoredThrough == anchors[3].sequence)
        let next = try await bench.verdict(against: [anchors[2]])
        #expect(next.anchoredThrough == cut && next.earlierAnchorCount == 0)
    }
}

@Suite("Line of an audit anchor") struct AuditAnchorLineTests {
    private func anchor() async throws -> AuditAnchor {
        try await AuditSample.thousand.value.anchor(314)
    }

    /// Whether an anchor does not hold for the log, or is of another vault.
    private func refutes(_ bench: Bench, _ anchor: AuditAnchor) async throws -> Bool {
        do {
            return try await bench.verdict(against: [anchor]).fault != nil
        } catch let error as VaultError where error.code == .otherVault {
            return true
        }
    }

    @Test func `says vault, chain, place, head and time`() async throws {
        let anchor = try await anchor()
        #expect(
            anchor.description
                == #"{"vault":"\#(hex(anchor.vault.bytes))","chain":0,"sequence":314,"#
                + #""head":"\#(hex(anchor.head))","time":"2030-03-17T17:46:40Z"}"#)
    }

    @Test func `is what it was when it is read`() async throws {
        let vault = try await anchor().vault
        let sealKey = try AuditKeys.generate().sealKey
        var random = SeededRandom(seed: 51)
        var lost: [AuditAnchor] = []
        for _ in 0..<200 {
            let head = AuditHead(
                sequence: .random(in: 0..<1 << 63, using: &random), head: random.bytes(count: 32),
                firstKept: 1, in: vault, sealedBy: sealKey.key)
            let time = try moment(.random(in: 0..<253_402_300_800_000, using: &random))
            let anchor = AuditAnchor(head, of: vault, at: time)
            if AuditAnchor(anchor.description) != anchor { lost.append(anchor) }
        }
        #expect(lost.isEmpty)
    }

    /// The time is for people: nothing is held against it.
    @Test func `is none, or does not hold, with any character changed`() async throws {
        let sample = try await AuditSample.thousand.value
        let (anchor, line) = (try await anchor(), try await anchor().description)
        let timeStart = try #require(line.firstRange(of: #","time""#)).lowerBound
        var (noneCount, refusedCount, count) = (0, 0, 0)
        for index in line.indices {
            for character in "0a9\" {}:,é\0" where character != line[index] {
                let changed = line[..<index] + String(character) + line[line.index(after: index)...]
                count += 1
                guard let other = AuditAnchor(String(changed)) else {
                    noneCount += 1
                    continue
                }
                #expect(other != anchor && other.description == String(changed))
                let isRefuted = try await refutes(sample.bench, other)
                if isRefuted || index >= timeStart { refusedCount += 1 }
            }
        }
        #expect(noneCount + refusedCount == count && noneCount > 0 && refusedCount > 0)
    }

    @Test func `is none with a character more or fewer`() async throws {
        let line = try await anchor().description
        for index in line.indices {
            var shorter = line
            shorter.remove(at: index)
            if let other = AuditAnchor(shorter) { #expect(other.sequence != 314) }
            var longer = line
            longer.insert(" ", at: index)
            #expect(AuditAnchor(longer) == nil)
        }
        for end in ["\n", " ", "\r", "\0", line] { #expect(AuditAnchor(line + end) == nil) }
    }

    @Test func `is none of other members`() async throws {
        let line = try await anchor().description
        let changes: [(String, String)] = [
            (#""chain":0"#, #""chain":1"#), (#""chain":0,"#, ""),
            (#""sequence":314"#, #""sequence":"314""#), (#""sequence":314"#, #""sequence":0314"#),
            (#""sequence":314"#, #""sequence":-1"#),
            (#""sequence":314"#, #""sequence":9223372036854775808"#),
            ("}", #","more":1}"#), ("40Z", "40.000Z"), ("2030-03-17T17:46:40Z", "2030-03-17"),
            (#""chain":0,"sequence":314"#, #""sequence":314,"chain":0"#),
        ]
        for (old, new) in changes {
            let changed = line.replacing(old, with: new)
            #expect(changed != line)
            #expect(AuditAnchor(changed) == nil)
        }
        #expect(AuditAnchor("") == nil && AuditAnchor("{}") == nil && AuditAnchor("null") == nil)
    }
}
