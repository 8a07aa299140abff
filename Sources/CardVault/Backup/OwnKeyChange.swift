// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// A changed set of the vault's own keys on its way into a store that is not open as a vault: its
/// log goes on under the new keys.
struct OwnKeyChange: Sendable {
    private let draft: KeySetDraft
    /// The keys of the log, whose epoch and number are known when the set is stored.
    private let audit: AuditKeys

    init(_ draft: KeySetDraft, of keyring: KeyringFile) throws(VaultError) {
        guard let auditKey = draft.primary(.audit)?.key.id,
            let sealKey = draft.primary(.seal)?.key.id
        else { throw VaultError(.noSealingKey, subject: "audit") }
        self.draft = draft
        audit = try AuditKeys(
            keyring, epoch: 0, number: KeyNumber(rawValue: 0), auditKey: auditKey,
            sealKey: sealKey)
    }

    /// Seals the end of a backup's log under the key that seals from now on. The one that did may
    /// be compromised since, and the log could not go on.
    func sealLog(in transaction: any StoreTransaction, of keyring: KeyringFile) throws(StoreError) {
        guard let head = try transaction.auditHead(),
            AuditReader(keyring).verifies(
                head.sealKey, { head.isAuthentic(in: audit.vault, under: $0) })
        else { return }
        try transaction.put(
            AuditHead(
                sequence: head.sequence, head: head.head, firstKept: head.firstKept,
                in: audit.vault, sealedBy: audit.sealKey.key))
    }

    /// Stores the set and an entry about it; returns the key that seals rows from now on.
    ///
    /// - Parameter last: a number that those of new keys are above.
    @discardableResult
    func store(
        in transaction: any StoreTransaction, _ deed: AuditEvent,
        after last: KeyNumber = KeyNumber(rawValue: 0)
    ) throws(StoreError) -> SealKeyEntry {
        var audit = audit
        let set = try draft.store(in: transaction, sealedBy: audit.sealKey, after: last)
        guard let row = set.keys.first(where: { $0.key.id == audit.auditKey.key.id }) else {
            throw StoreError(.failed)
        }
        audit.epoch = set.epoch
        audit.number = row.number
        let pen = AuditPen(transaction, audit)
        try pen.append([deed])
        try pen.finish()
        return audit.sealKey
    }
}
