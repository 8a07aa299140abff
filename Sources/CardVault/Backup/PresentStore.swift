// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// The store whose place a backup is to take, read as far as it is as it was written.
struct PresentStore: Sendable {
    /// Whether it is a store of the vault, in whatever state.
    let isOfVault: Bool
    /// What it says of the keyring; nil where that is not there, or altered.
    let pin: Pin?
    /// What becomes of its audit log.
    let log: RestorePlan.Log
    /// How much it has, and what of that a copy has not; nil where that cannot be read.
    let content: (counts: BackupManifest.Counts, lost: LostCards)?
    /// The vault's own keys; nil where they are not there, or altered.
    private(set) var own: KeySet?
    /// The keys of those scopes for which that is not so.
    private(set) var scopes: [ScopeID: KeySet] = [:]
    /// The register of backups; nil where it is none of this vault.
    private(set) var backups: [RegisterRow]?

    /// - Parameters:
    ///   - store: the present store, an empty one, or something else.
    ///   - copy: what is to take its place.
    ///   - moment: when it is asked what is over.
    init(
        _ store: any BackupStore, with keyring: KeyringFile, missing copy: any BackupStore,
        at moment: Timestamp
    ) async throws(VaultError) {
        log = try await Self.log(of: store, keyring)
        let reader = VaultReader(keyring, store, ofPresent: true)
        isOfVault =
            try await VaultError.unlessDamaged { () throws(VaultError) in
                try await reader.isOfVault
            } ?? false
        guard isOfVault else {
            (pin, content) = (nil, nil)
            return
        }
        pin = try await VaultError.unlessDamaged { () throws(VaultError) in
            try await reader.pin()
        }.flatMap(\.self)
        content = try await VaultError.unlessDamaged { () throws(VaultError) in
            try await VaultError.store { () throws(StoreError) in
                (try await store.counts(), try await store.cards(missingIn: copy, at: moment))
            }
        }
        own = try await reader.readableKeySet(of: nil)
        for scope in keyring.current().scopes.map(\.id) {
            scopes[scope] = try await reader.readableKeySet(of: scope)
        }
        backups = try await VaultError.unlessDamaged { () throws(VaultError) in
            try await reader.rows(of: .backups)
        }
    }

    /// The key sets that can be read.
    var keySets: [KeySet] { [own].compactMap(\.self) + scopes.values }

    /// A number that no key of the store is above.
    ///
    /// Where a key set cannot be read, nobody can tell which numbers were given. Then it is what
    /// the clock says: a store whose numbers go on from there has no key for each millisecond, and
    /// comes to none that a later restore begins with.
    func lastNumber(of keyring: Keyring, at moment: Timestamp) -> KeyNumber {
        // The set of a shredded scope may have rows that somebody made up.
        let sets = keySets.filter { set in
            set.scope.flatMap { keyring.scope($0)?.shreddedAt } == nil
        }
        let known = sets.flatMap(\.keys).map(\.number).max() ?? KeyNumber(rawValue: 0)
        let isWhole = own != nil && keyring.scopes.allSatisfy { scopes[$0.id] != nil }
        return isWhole ? known : max(known, KeyNumber(rawValue: Int64(moment.milliseconds)))
    }

    /// Whether the log can go on beside keys of these numbers: its entries name audit keys by
    /// theirs.
    func logGoesOn(beside numbers: Set<KeyNumber>) -> Bool {
        let auditKeys = own?.keys.filter { $0.key.purpose == .audit } ?? []
        return numbers.isDisjoint(with: auditKeys.map(\.number))
    }

    private static func log(
        of store: any BackupStore, _ keyring: KeyringFile
    ) async throws(VaultError) -> RestorePlan.Log {
        let vault = keyring.current().vault
        let log = try await VaultError.unlessDamaged { () throws(VaultError) in
            try await VaultError.store { () throws(StoreError) in
                try await store.read { reader throws(StoreError) -> RestorePlan.Log in
                    guard try reader.vault() == vault else {
                        return try reader.isBlank ? .none : .dropped
                    }
                    guard try AuditLog.isWhole(in: reader, keyring) else { return .dropped }
                    return try reader.auditHead() == nil ? .none : .kept
                }
            }
        }
        return log ?? .dropped
    }
}

extension VaultReader {
    /// A key set; nil where there is none, or one that cannot be read or was altered.
    fileprivate func readableKeySet(of scope: ScopeID?) async throws(VaultError) -> KeySet? {
        try await VaultError.unlessDamaged { () throws(VaultError) in
            try await keySet(of: scope)
        }.flatMap(\.self)
    }
}

extension StoreReader {
    /// Whether nobody ever made this a vault's store: what a vault had would be there still.
    fileprivate var isBlank: Bool {
        get throws(StoreError) {
            guard try vault() == nil, try pin() == nil, try !hasCards() else { return false }
            // A file without tables cannot be asked.
            return (try? auditEntries(from: 0, limit: 1))?.isEmpty ?? true
        }
    }
}
