// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardKeys
public import Logging

extension Vault {
    /// Checks a backup, and says what its restore would mean. Nothing is changed, and the backup is
    /// only read: it is copied to `path`, and the copy removed. All of it under the lock of the
    /// keyring, so that a restore finds no copy of another one there but what a crash left.
    ///
    /// - Parameters:
    ///   - folder: what ``backUp(to:)`` made.
    ///   - keyring: the present keyring of the vault, unlocked.
    ///   - store: the present store, or an empty one where it is lost, or one that is damaged.
    ///   - path: where the new store is made ready: on the disk of the store.
    ///   - moment: now.
    /// - Throws: ``VaultError``: `backupRefused` saying what is missing or altered, `otherVault`,
    ///   `keyringOlder`.
    public static func planRestore(
        of folder: String, with keyring: KeyringFile, over store: any BackupStore,
        through path: String, at moment: Timestamp = .now()
    ) async throws(VaultError) -> RestorePlan {
        let lock = try await lock(keyring)
        defer { lock.release() }
        do throws(VaultError) {
            let copy = try await BackupCopy(folder, to: path, with: keyring, type(of: store))
            let present = try await PresentStore(
                store, with: keyring, missing: copy.store, at: moment)
            let plan = try await RestorePlan(
                folder, path, copy, present, with: keyring, at: moment)
            try await remove(path, type(of: store))
            return plan
        } catch {
            try? await remove(path, type(of: store))
            throw error
        }
    }

    /// Puts a backup in the place of the store.
    ///
    /// What is put back is first checked, and made ready beside the store: its data keys seal no
    /// more and each scope gets a new one, as cards may have been sealed since; its holds are gone,
    /// as some were redeemed; keys that were destroyed or compromised since are so; the audit log
    /// is the present one, where that verifies, with an entry about this. A crash leaves the old
    /// store or the new one.
    ///
    /// When nobody can write the old store any more, the log is carried over to its last entry, and
    /// the cards are counted once more: where others have stored or removed any since the plan, so
    /// that something else would be lost, nothing is replaced.
    ///
    /// - Parameters:
    ///   - plan: from ``planRestore(of:with:over:through:at:)``; checked once more.
    ///   - keyring: the present keyring of the vault, unlocked.
    ///   - store: the present store, or an empty one, or one that is damaged.
    ///   - old: where the old store is kept, on the same disk; nil where it is not. It must be
    ///     where ``RestorePlan/needsOldStore`` says so.
    ///   - actor: who does it, for the record.
    ///   - origin: from where.
    ///   - logger: as for a vault.
    ///   - moment: now.
    /// - Throws: ``VaultError``: `oldStoreNeeded` for no `old` where there must be one;
    ///   `storeInUse` where the plan is not true any more; and all that the plan throws. The
    ///   present store is then in its place.
    public static func restore(
        _ plan: RestorePlan, with keyring: KeyringFile, over store: any BackupStore,
        keepingOldAs old: String? = nil, as actor: String = "unnamed",
        from origin: String? = nil, logger: Logger = Logger(label: "card-vault"),
        at moment: Timestamp = .now()
    ) async throws(VaultError) {
        let caller = try Caller(actor, from: origin)
        guard !plan.needsOldStore || old != nil else { throw VaultError(.oldStoreNeeded) }
        let lock = try await lock(keyring)
        defer { lock.release() }
        _ = try VaultError.keyring { () throws(KeyringError) in try keyring.reload() }
        // A keyring that the present store refuses is refused here too.
        _ = try await VaultError.unlessDamaged { () throws(VaultError) in
            guard plan.replacesVault else { return }
            _ = try await Vault(
                keyring: keyring, store: store, as: actor, from: origin, logger: logger
            ).settleAll(under: lock)
        }
        do throws(VaultError) {
            let restoration = try await Restoration(
                plan, with: keyring, over: store, keepingOldAs: old, by: caller, at: moment)
            try await restoration.run(on: store)
        } catch {
            try? await remove(plan.path, type(of: store))
            throw error
        }
    }

    private static func remove(
        _ path: String, _ kind: any BackupStore.Type
    ) async throws(VaultError) {
        try await VaultError.store { () throws(StoreError) in try kind.remove(copy: path) }
    }
}
