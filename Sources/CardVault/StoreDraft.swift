// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// A store that is about to be made: the keys of the vault and of its first scopes, and the begin
/// of the audit log.
struct StoreDraft: Sendable {
    private let vault: VaultID
    private let vaultKeys: KeySetDraft
    private let scopeKeys: [KeySetDraft]
    private let audit: AuditKeys
    private let auditKey: KeyID
    private let caller: Caller
    private let moment: Timestamp

    /// - Parameters:
    ///   - keyring: the keyring of the vault.
    ///   - scopes: those whose keys the store is to have from the begin.
    ///   - caller: in whose name it goes on record.
    ///   - moment: now.
    init(
        _ keyring: KeyringFile, scopes: [KeyringScope], by caller: Caller, at moment: Timestamp
    ) throws(VaultError) {
        let snapshot = keyring.current()
        guard let auditKey = snapshot.primary(.audit)?.id, let sealKey = snapshot.primary(.seal)?.id
        else { throw VaultError(.noSealingKey, subject: "audit") }
        var scopeKeys: [KeySetDraft] = []
        for scope in scopes {
            scopeKeys.append(try KeySetDraft(scope: scope.id, of: keyring, at: snapshot.created))
        }
        vault = snapshot.vault
        vaultKeys = KeySetDraft(vaultKeysOf: snapshot)
        self.scopeKeys = scopeKeys
        // The number is known when the key is in the store.
        audit = try AuditKeys(
            keyring, epoch: 1, number: KeyNumber(rawValue: 0), auditKey: auditKey,
            sealKey: sealKey)
        self.auditKey = auditKey
        self.caller = caller
        self.moment = moment
    }

    /// Makes this an empty store of the vault, without a pin.
    func store(in transaction: any StoreTransaction) throws(StoreError) {
        try transaction.reset(for: vault)
        let set = try vaultKeys.store(in: transaction, sealedBy: audit.sealKey)
        guard let row = set.keys.first(where: { $0.key.id == auditKey }) else {
            throw StoreError(.failed)
        }
        var audit = audit
        audit.number = row.number
        let pen = AuditPen(transaction, audit)
        let start = AuditEvent(time: moment, caller: caller, action: .start, outcome: .done)
        try pen.start(with: [start])
        for keys in scopeKeys {
            let set = try keys.store(in: transaction, sealedBy: audit.sealKey)
            try pen.append([set.making(at: moment, by: caller)])
        }
        try pen.finish()
    }
}

extension KeySet {
    /// What goes on record when the keys of a scope are made.
    func making(at moment: Timestamp, by caller: Caller) -> AuditEvent {
        AuditEvent(
            time: moment, caller: caller, action: .addScope, outcome: .done, scope: scope,
            subject: .keys(keys.map(\.key.id)))
    }
}
