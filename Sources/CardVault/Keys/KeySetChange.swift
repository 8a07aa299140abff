// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// A changed key set on its way into the store. Where the vault's own keys change, the audit log
/// goes on under the new ones, and the rows of the store are sealed by them.
struct KeySetChange: Sendable {
    private let draft: KeySetDraft
    /// The new keys of the log, whose epoch and number are known when the set is stored.
    private let audit: AuditKeys?

    init(_ draft: KeySetDraft, of keyring: KeyringFile) throws(VaultError) {
        self.draft = draft
        guard draft.scope == nil else {
            audit = nil
            return
        }
        guard let auditKey = draft.primary(.audit)?.key.id,
            let sealKey = draft.primary(.seal)?.key.id
        else { throw VaultError(.onlyKey) }
        audit = try AuditKeys(
            keyring, epoch: 0, number: KeyNumber(rawValue: 0), auditKey: auditKey,
            sealKey: sealKey)
    }

    func store(in transaction: any StoreTransaction, _ pen: AuditPen) throws(StoreError) {
        guard var audit else {
            try pen.requireLatest()
            _ = try draft.store(in: transaction, sealedBy: pen.sealKey)
            return
        }
        try pen.rekey { pen throws(StoreError) in
            let before = pen.sealKey
            let set = try draft.store(in: transaction, sealedBy: audit.sealKey)
            guard let row = set.keys.first(where: { $0.key.id == audit.auditKey.key.id }) else {
                throw StoreError(.failed)
            }
            audit.epoch = set.epoch
            audit.number = row.number
            if before.key.id != audit.sealKey.key.id {
                try transaction.resealRows(in: audit.vault, audit.sealKeys, under: audit.sealKey)
            }
            return audit
        }
    }
}

extension StoreTransaction {
    /// Makes the codes of all key sets, of the pin and of the registers anew, under another seal
    /// key. A row that is not as it was written stays so, and keeps its seal key needed.
    fileprivate func resealRows(
        in vault: VaultID, _ known: [KeyID: SealKeyEntry], under new: SealKeyEntry
    ) throws(StoreError) {
        for scope in try keySetScopes() where scope != nil {
            guard let set = try keySet(of: scope), let old = known[set.sealKey],
                set.isAuthentic(in: vault, under: old.key)
            else { continue }
            try put(
                KeySet(
                    scope: scope, epoch: set.epoch, keys: set.keys, vault: vault,
                    sealedBy: new.key))
        }
        if let pin = try pin(), let old = known[pin.sealKey], pin.isAuthentic(under: old.key) {
            try put(pin.sealed(by: new.key))
        }
        for register in Register.allCases {
            for row in try rows(of: register) {
                guard let old = known[row.sealKey], row.isAuthentic(in: vault, under: old.key)
                else { continue }
                try put(
                    RegisterRow(
                        register, key: row.key, content: row.content, in: vault,
                        sealedBy: new.key))
            }
        }
    }
}
