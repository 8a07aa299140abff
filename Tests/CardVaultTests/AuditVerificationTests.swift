// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import TestSupport
internal import Testing

/// Every change of a log of 1,000 entries, made without the keys, is found where it was made.
@Suite("Check of an audit log") struct AuditVerificationTests {
    /// How many of these positions give this fault, each at the place that is said of it.
    private func count(
        _ positions: Range<Int>, _ kind: AuditFault.Kind, at place: (Int) -> Int,
        change: (AuditSample, Int, AuditVerifier) -> AuditFault?
    ) async throws -> Int {
        let sample = try await AuditSample.thousand.value
        let checks = sample.checks()
        return positions.count { position in
            change(sample, position, checks[position])
                == AuditFault(kind: kind, sequence: UInt64(place(position)))
        }
    }

    @Test func `finds nothing where nothing was changed`() async throws {
        let sample = try await AuditSample.thousand.value
        #expect(sample.entries.count == 1_000)
        let verdict = try await sample.bench.verdict()
        #expect(verdict.fault == nil && verdict.isComplete)
        #expect(verdict.first == 1 && verdict.last == 1_000)
        #expect(verdict.anchoredThrough == nil && verdict.earlierAnchorCount == 0)
        // What the other tests take steps of is the same check.
        var check = try #require(sample.checks().last)
        #expect(check.finish(sample.head) == verdict)
    }

    @Test func `finds every entry that was removed`() async throws {
        let found = try await count(0..<1_000, .missing) {
            $0 + 1
        } change: { sample, position, check in
            sample.fault(after: check, then: sample.entries[(position + 1)...])
        }
        #expect(found == 1_000)
    }

    @Test(arguments: [false, true])
    func `finds every entry that was removed, those after it moved up`(
        isForged: Bool
    ) async throws {
        let found = try await count(0..<999, .altered) {
            $0 + 1
        } change: { sample, position, check in
            let rest = sample.shifted(from: position + 1, by: -1, isForged: isForged)
            return sample.fault(after: check, then: rest)
        }
        #expect(found == 999)
    }

    @Test(arguments: [false, true])
    func `finds every two entries that changed places`(isForged: Bool) async throws {
        let found = try await count(0..<999, .altered) {
            $0 + 1
        } change: { sample, position, check in
            let swapped = [position + 1, position].enumerated().map { offset, index in
                let (place, bytes) = (
                    UInt64(position + offset + 1), sample.entries[index].bytes
                )
                return StoredAuditEntry(
                    sequence: place, bytes: isForged ? sample.forged(bytes, place) : bytes)
            }
            return sample.fault(after: check, then: swapped + sample.entries[(position + 2)...])
        }
        #expect(found == 999)
    }

    @Test func `finds every entry of which one bit was changed`() async throws {
        let found = try await count(0..<1_000, .altered) {
            $0 + 1
        } change: { sample, position, check in
            let bitCount = sample.entries[position].bytes.count * 8
            let changed = sample.flipped(position, bit: position * 11 % bitCount)
            return sample.fault(after: check, then: [changed] + sample.entries[(position + 1)...])
        }
        #expect(found == 1_000)
    }

    @Test(arguments: [0, 1, 500, 998, 999])
    func `finds every change of an entry`(position: Int) async throws {
        let sample = try await AuditSample.thousand.value
        let check = sample.checks()[position]
        let (stored, rest) = (sample.entries[position], sample.entries[(position + 1)...])
        let fault = AuditFault(kind: .altered, sequence: stored.sequence)
        var tally = Tally("an audit entry: every bit, truncation and appended byte")
        for (number, bytes) in Alterations.all(of: stored.bytes).enumerated() {
            let changed = StoredAuditEntry(sequence: stored.sequence, bytes: bytes)
            let found = sample.fault(after: check, then: [changed] + rest)
            tally.count(refused: found == fault, "\(number)")
        }
        try tally.report(of: Alterations.count(of: stored.bytes.count))
    }

    @Test(arguments: [0, 500, 999])
    func `finds every byte that an entry lost, got or has twice`(position: Int) async throws {
        let sample = try await AuditSample.thousand.value
        let check = sample.checks()[position]
        let stored = sample.entries[position]
        let fault = AuditFault(kind: .altered, sequence: stored.sequence)
        var (found, count) = (0, 0)
        for index in stored.bytes.indices {
            for replacement in [
                [], [stored.bytes[index], 0], [stored.bytes[index], stored.bytes[index]],
            ] {
                var bytes = stored.bytes
                bytes.replaceSubrange(index...index, with: replacement as [UInt8])
                let changed = StoredAuditEntry(sequence: stored.sequence, bytes: bytes)
                let rest = [changed] + sample.entries[(position + 1)...]
                if sample.fault(after: check, then: rest) == fault { found += 1 }
                count += 1
            }
        }
        #expect(found == count && count == 3 * stored.bytes.count)
    }

    @Test func `finds every entry that was written over the next`() async throws {
        let found = try await count(0..<999, .altered) {
            $0 + 2
        } change: { sample, position, check in
            let copy = StoredAuditEntry(
                sequence: UInt64(position + 2), bytes: sample.entries[position].bytes)
            return sample.fault(
                after: check,
                then: [sample.entries[position], copy] + sample.entries[(position + 2)...])
        }
        #expect(found == 999)
    }

    @Test(arguments: [false, true])
    func `finds every entry that was put in twice, those after it moved down`(
        isForged: Bool
    ) async throws {
        let found = try await count(0..<1_000, .altered) {
            $0 + 2
        } change: { sample, position, check in
            let copy = sample.shifted(from: position, by: 1, isForged: isForged)
            return sample.fault(
                after: check, then: [sample.entries[position]] + Array(copy.prefix(4)))
        }
        #expect(found == 1_000)
    }

    @Test func `finds every cut`() async throws {
        let found = try await count(0..<1_000, .missing) {
            $0 + 1
        } change: { sample, _, check in
            sample.fault(after: check, then: [])
        }
        #expect(found == 1_000)
    }

    @Test func `finds every begin that is gone`() async throws {
        let sample = try await AuditSample.thousand.value
        let check = sample.checks()[0]
        let found = (1..<1_000).count {
            sample.fault(after: check, then: sample.entries[$0...])
                == AuditFault(kind: .missing, sequence: 1)
        }
        #expect(found == 999)
    }

    @Test func `finds entries after the end, of this log or none`() async throws {
        let sample = try await AuditSample.thousand.value
        let check = sample.checks()[999]
        let found = sample.fault(
            after: check, then: [sample.entries[999]], end: sample.olderHead(999))
        #expect(found == AuditFault(kind: .inserted, sequence: 1_000))
    }

    /// Places that no log has stop no check.
    @Test(arguments: [0, 1 << 63, .max] as [UInt64])
    func `finds an entry in no place`(place: UInt64) async throws {
        let sample = try await AuditSample.thousand.value
        for bytes in [sample.entries[0].bytes, sample.forged(sample.entries[0].bytes, place), []] {
            let entry = StoredAuditEntry(sequence: place, bytes: bytes)
            for first in [1, nil] as [UInt64?] {
                let check = AuditVerifier(vault: sample.keys.vault, first: first, anchors: [])
                #expect(sample.fault(after: check, then: [entry]) != nil)
            }
        }
    }

    @Test func `finds an entry of another vault and one of another key`() async throws {
        let sample = try await AuditSample.thousand.value
        let other = try AuditKeys.generate()
        for (vault, key) in [
            (other.vault, sample.keys.auditKey), (sample.keys.vault, other.auditKey),
        ] {
            var check = AuditVerifier(vault: vault, first: 1, anchors: [])
            for entry in sample.entries.prefix(3) { check.check(entry) { _ in key } }
            #expect(check.fault?.kind == .altered)
        }
    }
}
