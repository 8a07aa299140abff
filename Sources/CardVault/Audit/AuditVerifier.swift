// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// Walks along an audit chain, entry by entry, and finds the first that is not as it was written.
///
/// Each entry states the head before it, so that it vouches for the entry before; the sealed head
/// vouches for the last. Where a statement and an entry differ, one of the two was altered: the
/// entry after the stating one tells which.
struct AuditVerifier {
    private let vault: VaultID
    /// By their places. Two heads of one place are two histories.
    private let anchors: [UInt64: Set<[UInt8]>]
    private var last: Last?
    private var next: UInt64?
    private var first: UInt64?
    private var anchoredThrough: UInt64?
    private var unvouched: UInt64?
    private(set) var fault: AuditFault?

    /// The entry before.
    private struct Last {
        let sequence: UInt64
        let head: [UInt8]
        /// The head that it would have with the statement that was expected of it; nil when it
        /// stated what was expected.
        let corrected: [UInt8]?
    }

    /// - Parameters:
    ///   - vault: the vault of the log.
    ///   - first: the place where the log begins; nil for wherever it does.
    ///   - anchors: those of this vault.
    init(vault: VaultID, first: UInt64?, anchors: [AuditAnchor]) {
        self.vault = vault
        next = first
        self.first = first
        self.anchors = Dictionary(grouping: anchors, by: \.sequence)
            .mapValues { Set($0.map(\.head)) }
    }

    /// Checks the next entry.
    ///
    /// - Parameters:
    ///   - stored: the entry and its place.
    ///   - key: the key that the entry names; nil where there is none.
    mutating func check(_ stored: StoredAuditEntry, key: (AuditEntry) -> AuditKeyEntry?) {
        guard fault == nil else { return }
        let place = next ?? max(stored.sequence, 1)
        if first == nil { first = place }
        guard stored.sequence == place else {
            return note(stored.sequence > place ? .missing : .inserted, min(place, stored.sequence))
        }
        guard let entry = AuditEntry(bytes: stored.bytes), entry.sequence == place,
            let key = key(entry)
        else { return note(.altered, place) }
        let expected = settle(entry.previous, at: place)
        guard fault == nil else { return }
        let head = key.key.head(of: stored.bytes, in: vault)
        let corrected = expected.map { previous in
            let entry = AuditEntry(
                sequence: place, key: entry.key, previous: previous, event: entry.event)
            return key.key.head(of: entry.bytes, in: vault)
        }
        if let heads = anchors[place] {
            guard heads == [head] else { return note(.rewritten, place) }
            anchoredThrough = place
        }
        last = Last(sequence: place, head: head, corrected: corrected)
        next = place + 1
    }

    /// Holds what an entry states against the entry before; returns what it should have stated
    /// where it did not.
    private mutating func settle(_ previous: [UInt8], at place: UInt64) -> [UInt8]? {
        guard let last else {
            if place == 1 && previous.contains(where: { $0 != 0 }) { note(.altered, place) }
            if let heads = anchors[place - 1] {
                if heads == [previous] {
                    anchoredThrough = place - 1
                } else {
                    note(.rewritten, place)
                }
            }
            return nil
        }
        let isVouchedFor = previous == last.head
        if let corrected = last.corrected {
            note(.altered, isVouchedFor ? last.sequence - 1 : last.sequence)
            // Unless its statement alone was altered, the entry before may have been altered too.
            if !isVouchedFor && previous != corrected { unvouched = last.sequence - 1 }
        }
        return isVouchedFor ? nil : last.head
    }

    /// Ends the walk.
    ///
    /// - Parameters:
    ///   - head: the sealed end of the log, verified; nil where the log stops before it.
    ///   - isExport: whether the log may have gone on since, and have begun before.
    mutating func finish(_ head: AuditHead?, isExport: Bool = false) -> AuditVerdict {
        let first = first ?? (isExport ? (head?.sequence ?? 0) + 1 : 1)
        let end = last?.sequence ?? first - 1
        if let head {
            if let last { _ = settle(head.head, at: last.sequence + 1) }
            if head.sequence > end { note(.missing, end + 1) }
            if head.sequence < end { note(.inserted, head.sequence + 1) }
            if let last, last.head != head.head { note(.altered, last.sequence) }
            // An anchor has seen entries that even the sealed end knows nothing of.
            if !isExport, anchors.keys.contains(where: { $0 > end }) { note(.missing, end + 1) }
        } else if let last, last.corrected != nil {
            note(.altered, last.sequence - 1)  // or the last itself: nothing after it tells which
            unvouched = last.sequence
        }
        return AuditVerdict(
            first: first, last: end, fault: fault, unvouched: unvouched,
            isComplete: head != nil, anchoredThrough: anchoredThrough,
            earlierAnchorCount: anchors.keys.count { $0 + 1 < first },
            laterAnchorCount: anchors.keys.count { $0 > end })
    }

    /// Notes that the sealed end itself is not as it was written.
    mutating func noteAlteredEnd() { note(.end, last?.sequence ?? 0) }

    /// Notes that what should be the next entry is none.
    mutating func noteAlteredLine() { note(.altered, next ?? 1) }

    private mutating func note(_ kind: AuditFault.Kind, _ sequence: UInt64) {
        if fault == nil { fault = AuditFault(kind: kind, sequence: sequence) }
    }
}
