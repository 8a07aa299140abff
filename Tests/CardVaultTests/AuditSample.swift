// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import Testing

/// The log of a vault in memory, and how far a check of it gets.
struct AuditSample: Sendable {
    let bench: Bench
    let keys: AuditKeys
    let entries: [StoredAuditEntry]
    let head: AuditHead

    /// One of 1,000 entries, for tests that change copies of it.
    static let thousand = Task { try await AuditSample(count: 1_000) }

    private init(count: Int) async throws {
        bench = try await Bench(.memory)
        keys = try await bench.vault.vaultKeys().audit
        let begun = try await bench.store.auditLog().entries.count
        try await bench.vault.record((begun..<count).map { try AuditSamples.event($0) })
        let log = try await bench.store.auditLog()
        entries = log.entries
        head = try #require(log.head)
    }

    /// The check after none, the first, the first two, … all of the entries.
    func checks(against anchors: [AuditAnchor] = []) -> [AuditVerifier] {
        var check = AuditVerifier(vault: keys.vault, first: 1, anchors: anchors)
        return [check]
            + entries.map { entry in
                check.check(entry) { _ in keys.auditKey }
                return check
            }
    }

    /// What the check finds that has come so far, and meets other entries then, up to the first
    /// that is bad. A key of the log has the number that its entries name, and no other.
    func fault(
        after check: AuditVerifier, then rest: some Sequence<StoredAuditEntry>,
        end: AuditHead? = nil
    ) -> AuditFault? {
        var check = check
        for entry in rest {
            check.check(entry) { $0.key == keys.number ? keys.auditKey : nil }
            if let fault = check.fault { return fault }
        }
        return check.finish(end ?? head).fault
    }

    /// The entries from an index on, each in a place that is `shift` later. Entries say their place
    /// too where `isForged`.
    func shifted(
        from index: Int, by shift: Int, isForged: Bool = false
    ) -> some Sequence<StoredAuditEntry> {
        entries[index...].lazy.map { stored in
            let place = UInt64(Int(stored.sequence) + shift)
            return StoredAuditEntry(
                sequence: place, bytes: isForged ? forged(stored.bytes, place) : stored.bytes)
        }
    }

    /// An entry that says that it is in another place.
    func forged(_ bytes: [UInt8], _ place: UInt64) -> [UInt8] {
        var forged = bytes
        for i in 0..<8 { forged[2 + i] = UInt8(truncatingIfNeeded: place >> UInt64(56 - 8 * i)) }
        return forged
    }

    /// An entry with one bit changed.
    func flipped(_ index: Int, bit: Int) -> StoredAuditEntry {
        var bytes = entries[index].bytes
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        return StoredAuditEntry(sequence: entries[index].sequence, bytes: bytes)
    }

    /// The sealed end as it was after so many entries.
    func olderHead(_ count: Int) -> AuditHead {
        let previous =
            count < entries.count ? AuditEntry(bytes: entries[count].bytes)?.previous : nil
        return AuditHead(
            sequence: UInt64(count), head: previous ?? head.head, firstKept: 1, in: keys.vault,
            sealedBy: keys.sealKey.key)
    }

    func anchor(_ count: Int) throws -> AuditAnchor {
        AuditAnchor(olderHead(count), of: keys.vault, at: try moment(1_900_000_000_000))
    }
}
