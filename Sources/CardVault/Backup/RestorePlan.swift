// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardKeys

/// A backup of which every byte was checked, and what its restore would mean.
public struct RestorePlan: Sendable {
    /// What becomes of the audit log of the present store.
    public enum Log: Sendable {
        /// There is none: that of the backup goes on.
        case none
        /// It goes on in the restored store.
        case kept
        /// It cannot be read in whole, is not as it was written, or names its keys by numbers that
        /// other keys have in the backup: that of the backup goes on.
        case dropped
    }

    /// A key of the backup that was destroyed since. It stays so.
    public struct LostKey: Hashable, Sendable {
        /// The key.
        public let key: KeyDescriptor
        /// What of the backup needs it, and is lost.
        public let needs: KeyNeeds
    }

    /// What the backup is.
    public let manifest: BackupManifest
    /// How much the present store has; nil where it is none of this vault, or cannot be read.
    public let present: BackupManifest.Counts?
    /// How many cards of the present store are not in the backup, or are over there and not here:
    /// they would be lost. 0 where the present store cannot be read.
    public var lostCardCount: Int { losses.cards?.count ?? 0 }
    /// Scopes whose cards in the backup nobody can open any more, their scope key being destroyed.
    public var deadScopes: [ScopeID] { losses.deadScopes }
    /// Keys that the present store destroyed since, of which the backup needs the bytes.
    public var lostKeys: [LostKey] { losses.keys }
    /// What becomes of the audit log.
    public var log: Log { losses.log }
    /// Scopes whose keys the present store does not tell, being lost or altered: those that were
    /// compromised or destroyed since the backup come back as they were in it.
    public var uncheckedScopes: [ScopeID] { losses.uncheckedScopes }

    /// Whether the present store tells which keyrings are too old. Where it does not, being lost or
    /// altered, nobody can tell that the keyring is not one that was put back.
    public var isKeyringChecked: Bool { losses.isKeyringChecked }

    /// Whether the present store must be kept under another name: its log is dropped, what is lost
    /// with it cannot be told, or it should tell which keyrings are too old and does not.
    public var needsOldStore: Bool {
        log == .dropped || (replacesVault && (present == nil || !isKeyringChecked))
    }
    /// Whether what the present store has, and the backup has not, is unknown.
    public var isLossUnknown: Bool { needsOldStore && present == nil }

    /// What must still be true when it is done.
    struct Losses: Hashable, Sendable {
        let cards: LostCards?
        let deadScopes: [ScopeID]
        let keys: [LostKey]
        let log: Log
        let uncheckedScopes: [ScopeID]
        let isKeyringChecked: Bool
    }

    let losses: Losses
    /// The numbers of the scopes' keys in the backup.
    let scopeKeyNumbers: Set<KeyNumber>
    /// Whether the present store is one of the vault, in whatever state.
    let replacesVault: Bool
    let folder: String
    /// When it was made.
    let moment: Timestamp
    /// Where the copy of the backup is made ready.
    let path: String

    /// - Parameters:
    ///   - folder: the backup.
    ///   - path: where `copy` is.
    ///   - copy: of the backup.
    ///   - present: what it would replace, at `moment`.
    init(
        _ folder: String, _ path: String, _ copy: BackupCopy, _ present: PresentStore,
        with keyring: KeyringFile, at moment: Timestamp
    ) async throws(VaultError) {
        let snapshot = keyring.current()
        let reader = VaultReader(keyring, copy.store)
        var (dead, unchecked, lost): ([ScopeID], [ScopeID], [LostKey]) = ([], [], [])
        var numbers: Set<KeyNumber> = []
        for scope in snapshot.scopes.map(\.id) {
            guard let set = try await reader.keySet(of: scope) else { continue }
            numbers.formUnion(set.keys.map(\.number))
            guard set.isOpened(by: snapshot) else {
                dead.append(scope)
                continue
            }
            guard let later = present.scopes[scope] else {
                unchecked.append(scope)
                continue
            }
            lost += try await reader.keys(of: set, destroyedIn: later)
        }
        (self.folder, self.path, self.moment) = (folder, path, moment)
        manifest = copy.manifest
        replacesVault = present.isOfVault
        self.present = present.content?.counts
        scopeKeyNumbers = numbers
        let goesOn = present.logGoesOn(beside: numbers)
        losses = Losses(
            cards: present.content?.lost, deadScopes: dead, keys: lost,
            log: present.log == .kept && !goesOn ? .dropped : present.log,
            uncheckedScopes: unchecked, isKeyringChecked: present.pin != nil)
    }
}

extension VaultReader {
    /// The keys of a set that a later one has no more, and that records need.
    fileprivate func keys(
        of set: KeySet, destroyedIn later: KeySet
    ) async throws(VaultError) -> [RestorePlan.LostKey] {
        let gone = later.keys.filter(\.isGone)
        let rows = set.keys.filter { row in
            row.wrapping != nil && gone.contains { $0.key.id == row.key.id }
        }
        return try await read { reader throws(StoreError) in
            var lost: [RestorePlan.LostKey] = []
            for row in rows {
                let needs = try reader.needs(of: row, in: set)
                if !needs.isEmpty { lost.append(RestorePlan.LostKey(key: row.key, needs: needs)) }
            }
            return lost
        }
    }
}

extension KeySet {
    /// Whether the keyring still has a key that wraps the data keys of this scope's set.
    fileprivate func isOpened(by keyring: Keyring) -> Bool {
        keys.filter { $0.key.purpose == .data }.contains { row in
            let wrapper = keys.first { $0.number == row.wrapping?.by }
            return wrapper.flatMap { keyring.key($0.key.id)?.state.opens } ?? false
        }
    }
}
