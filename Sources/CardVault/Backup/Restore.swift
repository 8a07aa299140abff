// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardKeys
public import Logging

extension Vault {
    /// Checks a backup, and says what its restore would mean. Nothing is changed.
    ///
    /// - Parameters:
    ///   - folder: what ``backUp(to:)`` made.
    ///   - keyring: the present keyring of the vault, unlocked.
    ///   - store: the present store, or an empty one where it is lost.
    /// - Throws: ``VaultError``: `backupRefused` saying what is missing or altered, `otherVault`.
    public static func planRestore(
        of folder: String, with keyring: KeyringFile, over store: any BackupStore
    ) async throws(VaultError) -> RestorePlan {
        try await RestorePlan(folder, with: keyring, over: store)
    }

    /// Puts a backup in the place of the store.
    ///
    /// What is put back is first checked, and made ready beside the store: its data keys seal no
    /// more and each scope gets a new one, as cards may have been sealed since; its holds are gone,
    /// as some were redeemed; keys of the keyring that were destroyed since stay so, while a key
    /// that the store holds is as it was then; the audit log is the present one, where that
    /// verifies, with an entry about this. A crash leaves the old store or the new one.
    ///
    /// Stop the servers before: what they store meanwhile, and its entries, stay in the old store.
    ///
    /// - Parameters:
    ///   - plan: from ``planRestore(of:with:over:)``; checked once more.
    ///   - keyring: the present keyring of the vault, unlocked.
    ///   - store: the present store, or an empty one.
    ///   - path: where the new store is made ready: on the disk of the store.
    ///   - old: where the old store is kept, on the same disk; nil where it is not.
    ///   - actor: who does it, for the record.
    ///   - origin: from where.
    ///   - logger: as for a vault.
    ///   - moment: now.
    /// - Throws: ``VaultError``; the present store is then in its place.
    public static func restore(
        _ plan: RestorePlan, with keyring: KeyringFile, over store: any BackupStore,
        through path: String, keepingOldAs old: String? = nil, as actor: String = "unnamed",
        from origin: String? = nil, logger: Logger = Logger(label: "card-vault"),
        at moment: Timestamp = .now()
    ) async throws(VaultError) {
        let caller = try Caller(actor, from: origin)
        let lock = try await lock(keyring)
        defer { lock.release() }
        _ = try VaultError.keyring { () throws(KeyringError) in try keyring.reload() }
        let plan = try await RestorePlan(plan.folder, with: keyring, over: store)
        var isReadable = plan.present != nil
        if isReadable {
            // A keyring that the present store refuses is refused here too.
            let settled = try await VaultError.unlessDamaged { () throws(VaultError) in
                try await Vault(
                    keyring: keyring, store: store, as: actor, from: origin, logger: logger
                ).settleAll(under: lock)
            }
            isReadable = settled != nil
        }
        try VaultError.file { () throws(FileError) in try AtomicFile.remove(path) }
        try await VaultError.store { () throws(StoreError) in
            try await type(of: store).open(copy: plan.storePath).copy(to: path)
        }
        try await makeReady(
            path, isReadable ? store : nil, type(of: store), keyring, caller, moment)
        try await VaultError.store { () throws(StoreError) in
            try await store.replace(with: path, keepingOldAs: old)
        }
    }

    /// The store at `path` is closed when this returns.
    private static func makeReady(
        _ path: String, _ present: (any VaultStore)?, _ kind: any BackupStore.Type,
        _ keyring: KeyringFile,
        _ caller: Caller, _ moment: Timestamp
    ) async throws(VaultError) {
        let store = try await VaultError.store { () throws(StoreError) in
            try kind.open(copy: path) as any VaultStore
        }
        let restoration = Restoration(store, present, keyring, caller, moment)
        try await restoration.run()
    }
}

/// A copy of a store that is made ready to take the place of the present one.
struct Restoration: Sendable {
    private let store: any VaultStore
    private let present: (any VaultStore)?
    private let keyring: KeyringFile
    private let caller: Caller
    private let moment: Timestamp

    init(
        _ store: any VaultStore, _ present: (any VaultStore)?, _ keyring: KeyringFile,
        _ caller: Caller, _ moment: Timestamp
    ) {
        self.store = store
        self.present = present
        self.keyring = keyring
        self.caller = caller
        self.moment = moment
    }

    func run() async throws(VaultError) {
        let head = try await carryLog()
        let copy = VaultReader(keyring, store)
        let now = present.map { VaultReader(keyring, $0) }
        let own = try await vaultKeys(copy, now)
        var drafts: [KeySetDraft] = []
        for scope in keyring.current().scopes.map(\.id) {
            let there = try await VaultError.unlessDamaged { () throws(VaultError) in
                try await now?.keySet(of: scope)
            }.flatMap(\.self)
            if let set = try await copy.keySet(of: scope) {
                drafts.append(try draft(set, scope, after: there?.epoch ?? 0))
            } else if let there {
                // Made since: it has no cards in the backup.
                drafts.append(
                    KeySetDraft(there, of: keyring.current().vault).withoutNumbers())
            }
        }
        let backups = try await (now ?? copy).rows(of: .backups)
        try await write(own, drafts, backups, head)
    }

    /// The audit log of the present store takes the place of the copy's, where it verifies.
    ///
    /// - Returns: Its end; nil where the copy's own log stays.
    private func carryLog() async throws(VaultError) -> AuditHead? {
        guard let present else { return nil }
        let (keyring, store) = (keyring, store)
        let verdict = try await VaultError.unlessDamaged { () throws(VaultError) in
            try await AuditLog(keyring: keyring, store: present).verify()
        }
        guard let verdict, verdict.fault == nil else { return nil }
        let head = try await VaultError.store { () throws(StoreError) in
            try await present.read { reader throws(StoreError) in try reader.auditHead() }
        }
        guard let head else { return nil }
        try await VaultError.store { () throws(StoreError) in
            try await store.write { transaction throws(StoreError) in
                guard let old = try transaction.auditHead() else { return }
                try transaction.deleteAuditEntries(through: old.sequence)
            }
        }
        var next = head.firstKept
        while next <= head.sequence {
            let (first, last) = (next, head.sequence)
            next = try await VaultError.store { () throws(StoreError) in
                let page = try await present.read { reader throws(StoreError) in
                    try reader.auditEntries(from: first, limit: AuditLog.pageCount)
                }
                guard let end = page.last else { throw StoreError(.corrupt) }
                try await store.write { transaction throws(StoreError) in
                    for entry in page where entry.sequence <= last {
                        try transaction.append(entry)
                    }
                }
                return end.sequence + 1
            }
        }
        return head
    }

    /// The vault's own keys: those of the present store, which are the later ones.
    private func vaultKeys(
        _ copy: VaultReader, _ now: VaultReader?
    ) async throws(VaultError) -> KeySetDraft {
        let before = try await copy.keySet(of: nil)
        let there = try await VaultError.unlessDamaged { () throws(VaultError) in
            try await now?.keySet(of: nil)
        }.flatMap(\.self)
        guard let set = there ?? before else { throw VaultError(.notInitialized) }
        var draft = KeySetDraft(
            set, of: keyring.current().vault, after: (before?.epoch ?? 0))
        _ = draft.follow(keyring.current())
        return draft
    }

    /// The keys of a scope: what they sealed opens, new cards get a new key.
    private func draft(
        _ set: KeySet, _ scope: ScopeID, after epoch: UInt64
    ) throws(VaultError) -> KeySetDraft {
        let snapshot = keyring.current()
        var draft = KeySetDraft(set, of: snapshot.vault, after: epoch)
        _ = draft.follow(snapshot)
        guard let newest = snapshot.primary(.scope, scope: scope)?.id else {
            // A suspended scope key opens; nothing is lost by it.
            let isOpen = snapshot.keys.contains { $0.scope == scope && $0.state.opens }
            for key in draft.keys where key.key.purpose.isStoreHeld && !isOpen {
                draft.forget(key.key.id, at: moment)
            }
            return draft
        }
        let wrapper = try WrapperEntry(newest, keyring)
        for key in draft.keys where key.key.purpose.isStoreHeld {
            if let by = key.wrapping?.by, snapshot.key(by)?.state.opens == true {
                try draft.rewrap(
                    key.key.id, from: try WrapperEntry(by, keyring), to: wrapper,
                    slab: keyring.slab)
            } else {
                draft.forget(key.key.id, at: moment)
            }
        }
        _ = try draft.replace(.data, under: wrapper, slab: keyring.slab, at: moment)
        if draft.primary(.fingerprint) == nil {
            _ = try draft.replace(.fingerprint, under: wrapper, slab: keyring.slab, at: moment)
        }
        return draft
    }

    private func write(
        _ own: KeySetDraft, _ drafts: [KeySetDraft], _ backups: [RegisterRow], _ head: AuditHead?
    ) async throws(VaultError) {
        let change = try OwnKeyChange(own, of: keyring)
        let keyring = keyring.current()
        let deed = AuditEvent(
            time: moment, caller: caller, action: .restore, outcome: .done,
            purpose: AuditText(head == nil ? "with the log of the backup" : "with this log"))
        try await VaultError.store { () throws(StoreError) in
            try await store.write { transaction throws(StoreError) in
                if let head { try transaction.put(head) }
                let sealKey = try change.store(in: transaction, deed)
                for draft in drafts { _ = try draft.store(in: transaction, sealedBy: sealKey) }
                try transaction.clear(backups, in: keyring.vault, sealedBy: sealKey)
                let required = max(try transaction.pin()?.required ?? 1, keyring.required)
                try transaction.put(
                    Pin(on: keyring, required: required, sealedBy: sealKey.key))
            }
        }
    }
}

extension StoreTransaction {
    /// Removes holds and jobs, which were those of another time, and writes the register of
    /// backups.
    fileprivate func clear(
        _ backups: [RegisterRow], in vault: VaultID, sealedBy sealKey: SealKeyEntry
    ) throws(StoreError) {
        for hold in try holds() { _ = try delete(hold.id) }
        for register in Register.allCases {
            for row in try rows(of: register) { _ = try delete(register, key: row.key) }
        }
        for row in backups {
            try put(
                RegisterRow(
                    .backups, key: row.key, content: row.content, in: vault,
                    sealedBy: sealKey.key))
        }
    }
}
