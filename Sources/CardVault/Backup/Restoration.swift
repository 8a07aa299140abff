// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// A copy of a backup that is ready to take the place of the present store, but for what that still
/// says when nobody writes it any more.
struct Restoration: Sendable {
    private let plan: RestorePlan
    private let keyring: KeyringFile
    /// Where the old store is kept.
    private let old: String?
    private let caller: Caller
    private let moment: Timestamp
    /// The vault's own keys: those of the present store, which are the later ones.
    private let own: OwnKeyChange
    private let scopes: [KeySetDraft]
    private let backups: [RegisterRow]
    /// A number that those of new keys are above, and that no key of the present store is. A later
    /// backup of it, put back after this one, finds its numbers given to no other key.
    private let lastNumber: KeyNumber
    /// The key sets of the present store, as they were read.
    private let epochs: [(scope: ScopeID?, epoch: UInt64)]

    /// Copies and checks the backup once more, and makes the keys of the new store. The copy is
    /// closed when this returns.
    ///
    /// - Throws: `storeInUse` where `plan` is not true any more.
    init(
        _ plan: RestorePlan, with keyring: KeyringFile, over store: any BackupStore,
        keepingOldAs old: String?, by caller: Caller, at moment: Timestamp
    ) async throws(VaultError) {
        let copy = try await BackupCopy(plan.folder, to: plan.path, with: keyring, type(of: store))
        let present = try await PresentStore(
            store, with: keyring, missing: copy.store, at: plan.moment)
        self.plan = try await RestorePlan(
            plan.folder, plan.path, copy, present, with: keyring, at: plan.moment)
        guard self.plan.manifest == plan.manifest, self.plan.losses == plan.losses else {
            throw VaultError(.storeInUse)
        }
        try present.pin?.check(keyring.current())
        (self.keyring, self.old, self.caller, self.moment) = (keyring, old, caller, moment)
        let reader = VaultReader(keyring, copy.store)
        let own = try Self.ownKeys(
            present.own, before: await reader.keySet(of: nil),
            besides: plan.log == .kept ? self.plan.scopeKeyNumbers : nil, keyring)
        self.own = try OwnKeyChange(own, of: keyring)
        var drafts: [KeySetDraft] = []
        for known in keyring.current().scopes {
            let (scope, there) = (known.id, present.scopes[known.id])
            if let set = try await reader.keySet(of: scope) {
                drafts.append(try Self.draft(set, since: there, keyring, at: moment))
            } else if let there, known.shreddedAt == nil {
                // Made since: no record of the backup names its keys. Of a shredded scope nothing
                // is needed, and rows may have been put into its set.
                var draft = KeySetDraft(there, of: keyring.current().vault)
                draft.renumber { _ in nil }
                drafts.append(draft)
            }
        }
        scopes = drafts
        lastNumber = present.lastNumber(of: keyring.current(), at: moment)
        epochs = present.keySets.map { ($0.scope, $0.epoch) }
        backups =
            if let rows = present.backups { rows } else { try await reader.rows(of: .backups) }
    }

    /// Puts the copy in the place of a store.
    ///
    /// - Throws: `storeInUse` where the store is not any more as it was planned.
    func run(on store: any BackupStore) async throws(VaultError) {
        var isPlanned = true
        do throws(StoreError) {
            try await store.replace(with: plan.path, keepingOldAs: old) {
                (present, copy) throws(StoreError) in
                if let present { isPlanned = try isTrue(of: present, copy) }
                guard isPlanned else { throw StoreError(.busy) }
                try finish(copy, present)
            }
        } catch {
            throw isPlanned ? VaultError(store: error) : VaultError(.storeInUse)
        }
    }

    /// Whether the present store still is what the plan has seen.
    private func isTrue(
        of present: any StoreReader, _ copy: any StoreReader
    ) throws(StoreError) -> Bool {
        for (scope, epoch) in epochs where try present.epoch(of: scope) != epoch { return false }
        if let lost = plan.losses.cards {
            let now = try LostCards.all(of: present, missingIn: copy, at: plan.moment)
            guard now == lost else { return false }
        }
        guard plan.log == .kept else { return true }
        return try AuditLog.isWhole(in: present, keyring)
    }

    private func finish(
        _ copy: any StoreTransaction, _ present: (any StoreReader)?
    ) throws(StoreError) {
        if let present, plan.log == .kept {
            try copy.carryLog(of: present)
        } else {
            try own.sealLog(in: copy, of: keyring)
        }
        let deed = AuditEvent(
            time: moment, caller: caller, action: .restore, outcome: .done, purpose: purpose)
        let sealKey = try own.store(in: copy, deed, after: lastNumber)
        for draft in scopes {
            _ = try draft.store(in: copy, sealedBy: sealKey, after: lastNumber)
        }
        let keyring = keyring.current()
        try copy.clear(backups, in: keyring.vault, sealedBy: sealKey)
        let required = max(try copy.pin()?.required ?? 1, keyring.required)
        try copy.put(Pin(on: keyring, required: required, sealedBy: sealKey.key))
    }

    /// What is on record about the log, and about the old store where it is kept.
    private var purpose: AuditText? {
        let text =
            switch plan.log {
            case .kept: "with this log"
            case .none: "with the log of the backup"
            case .dropped: "with the log of the backup, the present one dropped"
            }
        guard let name = old?.split(separator: "/").last else { return AuditText(text) }
        return AuditText("\(text): old store kept in \(name)") ?? AuditText(text)
    }
}

/// The keys of the new store.
extension Restoration {
    /// The vault's own keys, by numbers under which the new store finds no other.
    ///
    /// - Parameters:
    ///   - there: those of the present store.
    ///   - before: those of the backup.
    ///   - taken: the numbers of the other keys of the backup where the present log goes on, whose
    ///     entries name keys by their numbers there; nil where that of the backup does.
    private static func ownKeys(
        _ there: KeySet?, before: KeySet?, besides taken: Set<KeyNumber>?, _ keyring: KeyringFile
    ) throws(VaultError) -> KeySetDraft {
        guard let set = there ?? before else { throw VaultError(.notInitialized) }
        var draft = KeySetDraft(set, of: keyring.current().vault, after: before?.epoch ?? 0)
        if let taken {
            draft.renumber { key in key.number.flatMap { taken.contains($0) ? nil : $0 } }
        } else {
            let ids = (before?.keys ?? []).map { ($0.key.id, $0.number) }
            let numbers = Dictionary(ids) { first, _ in first }
            draft.renumber { numbers[$0.key.id] }
        }
        _ = draft.follow(keyring.current())
        return draft
    }

    /// The keys of a scope: what they sealed opens, new cards get a new key.
    ///
    /// - Parameter later: the keys as the present store has them.
    private static func draft(
        _ set: KeySet, since later: KeySet?, _ keyring: KeyringFile, at moment: Timestamp
    ) throws(VaultError) -> KeySetDraft {
        let snapshot = keyring.current()
        var draft = KeySetDraft(set, of: snapshot.vault, after: later?.epoch ?? 0)
        let isSearchingOn = later.map { draft.restrict(to: $0, at: moment) } ?? false
        _ = draft.follow(snapshot)
        guard let newest = snapshot.primary(.scope, scope: set.scope)?.id else {
            // A suspended scope key opens; nothing is lost by it.
            let isOpen = snapshot.keys.contains { $0.scope == set.scope && $0.state.opens }
            for key in draft.keys where key.key.purpose.isStoreHeld {
                if !isOpen {
                    draft.forget(key.key.id, at: moment)
                } else if key.key.purpose == .data {
                    try draft.retire(key.key.id, at: moment)
                }
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
        if isSearchingOn || draft.primary(.fingerprint) == nil {
            _ = try draft.replace(.fingerprint, under: wrapper, slab: keyring.slab, at: moment)
        }
        return draft
    }
}

extension StoreTransaction {
    /// Puts the audit log of another store of the vault in the place of this one's.
    fileprivate func carryLog(of other: any StoreReader) throws(StoreError) {
        guard let head = try other.auditHead() else { throw StoreError(.corrupt) }
        if let old = try auditHead() { try deleteAuditEntries(through: old.sequence) }
        try other.forEachAuditEntry(from: head.firstKept) { entry throws(StoreError) in
            try append(entry)
            return true
        }
        try put(head)
    }

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
