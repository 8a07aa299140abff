// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// The keys that the audit log is written with.
struct AuditKeys: Sendable {
    let vault: VaultID
    /// The epoch of the vault's key set in which they are the primary ones.
    var epoch: UInt64
    var number: KeyNumber
    let auditKey: AuditKeyEntry
    /// Seals the new head.
    let sealKey: SealKeyEntry
    /// Every seal key that vouches for rows: not one that somebody else may know.
    let sealKeys: [KeyID: SealKeyEntry]
}

/// Appends to the audit chain within one transaction.
///
/// It checks the sealed head when the first event comes, and seals the new one when the transaction
/// is about to commit, however many deeds are in it.
final class AuditPen {
    private let transaction: any StoreTransaction
    private var keys: AuditKeys
    private var isStarting = false
    private var chain: (sequence: UInt64, head: [UInt8], firstKept: UInt64)?
    private var isChanged = false

    /// Why the chain may not be written: said instead of what the store then says.
    private(set) var refusal: VaultError?
    /// Whether the store has other keys by now.
    private(set) var isStale = false

    /// - Parameters:
    ///   - transaction: the transaction of the deeds.
    ///   - keys: what was the latest when the transaction was begun.
    init(_ transaction: any StoreTransaction, _ keys: AuditKeys) {
        self.transaction = transaction
        self.keys = keys
    }

    /// The key that seals the vault's own rows. Ask for it after ``requireLatest()`` or an entry:
    /// before that it may be that of an earlier epoch.
    var sealKey: SealKeyEntry { keys.sealKey }

    /// Ends the transaction, to be tried anew, where the store has other keys than these by now.
    func requireLatest() throws(StoreError) { _ = try checkedChain() }

    /// Goes on with the keys of a set that `change` stores in this transaction.
    func rekey(
        _ change: (AuditPen) throws(StoreError) -> AuditKeys
    ) throws(StoreError) {
        chain = try checkedChain()
        keys = try change(self)
        isChanged = true
    }

    /// Begins the log, where there is none yet.
    func start(with events: [AuditEvent]) throws(StoreError) {
        isStarting = true
        defer { isStarting = false }
        try append(events)
    }

    /// Puts events on record, in their order.
    func append(_ events: [AuditEvent]) throws(StoreError) {
        guard !events.isEmpty else { return }
        var (sequence, head, firstKept) = try checkedChain()
        for event in events {
            sequence += 1
            let entry = AuditEntry(
                sequence: sequence, key: keys.number, previous: head, event: event
            ).bytes
            head = keys.auditKey.key.head(of: entry, in: keys.vault)
            try append(StoredAuditEntry(sequence: sequence, bytes: entry))
        }
        chain = (sequence, head, firstKept)
        isChanged = true
    }

    /// Removes the entries from `first`, the first kept one, up to `last`: they are in an archive.
    /// The chain goes on from them. Tells whether they were still there.
    func archive(from first: UInt64, through last: UInt64) throws(StoreError) -> Bool {
        let (sequence, head, firstKept) = try checkedChain()
        guard first == firstKept, last < sequence else { return false }
        try transaction.deleteAuditEntries(through: last)
        chain = (sequence, head, last + 1)
        isChanged = true
        return true
    }

    /// Seals the new head. Nothing is appended after it.
    func finish() throws(StoreError) {
        guard isChanged, let chain else { return }
        try transaction.put(
            AuditHead(
                sequence: chain.sequence, head: chain.head, firstKept: chain.firstKept,
                in: keys.vault, sealedBy: keys.sealKey.key))
    }

    /// Stores an entry. Where its place is taken, the head is an older one that was put back.
    private func append(_ entry: StoredAuditEntry) throws(StoreError) {
        do throws(StoreError) {
            try transaction.append(entry)
        } catch {
            let there = try? transaction.auditEntries(from: entry.sequence, limit: 1).first
            throw there?.sequence == entry.sequence ? refuse() : error
        }
    }

    private func checkedChain() throws(StoreError) -> (UInt64, [UInt8], UInt64) {
        if let chain { return chain }
        let read = try readChain()
        chain = read
        return read
    }

    private func readChain() throws(StoreError) -> (UInt64, [UInt8], UInt64) {
        guard try transaction.epoch(of: nil) == keys.epoch else {
            isStale = true
            throw StoreError(.busy)
        }
        guard let head = try transaction.auditHead() else {
            guard isStarting else { throw refuse() }
            return (0, [UInt8](repeating: 0, count: AuditKey.headByteCount), 1)
        }
        guard let sealKey = keys.sealKeys[head.sealKey] else {
            isStale = true  // of a key that is newer than the keyring here, or of none
            throw StoreError(.busy)
        }
        guard head.isAuthentic(in: keys.vault, under: sealKey.key) else { throw refuse() }
        return (head.sequence, head.head, head.firstKept)
    }

    private func refuse() -> StoreError {
        refusal = VaultError(.integrity, subject: "audit head")
        return StoreError(.corrupt)
    }
}
