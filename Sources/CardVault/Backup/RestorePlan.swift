// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardKeys

/// A backup of which every byte was checked, and what its restore would mean.
public struct RestorePlan: Sendable {
    /// What the backup is.
    public let manifest: BackupManifest
    /// How much the present store has; nil where it is none of this vault, or cannot be read.
    public let present: BackupManifest.Counts?
    /// How many cards of the present store are not in the backup: they would be lost.
    public let lostCardCount: Int
    /// Scopes whose cards in the backup nobody can open any more, their scope key being destroyed.
    public let deadScopes: [ScopeID]

    let folder: String

    /// Where the copy of the store is.
    var storePath: String { "\(folder)/\(BackupManifest.storeName)" }

    /// Checks a backup: the manifest's code, the checksum of the store, its vault and its keys.
    ///
    /// - Throws: `backupRefused` saying what is missing or altered, `otherVault`.
    init(
        _ folder: String, with keyring: KeyringFile, over store: any BackupStore
    ) async throws(VaultError) {
        let manifest = try Self.manifest(in: folder, keyring)
        self.folder = folder
        self.manifest = manifest
        guard manifest.vault == keyring.current().vault else { throw VaultError(.otherVault) }
        // One that is older than the backup was put back by somebody.
        guard keyring.current().generation >= manifest.record.generation else {
            throw VaultError(.keyringOlder)
        }
        let path = "\(folder)/\(BackupManifest.storeName)"
        guard let (byteCount, checksum) = try Vault.checksum(of: path) else {
            throw VaultError(.backupRefused, subject: "no \(BackupManifest.storeName)")
        }
        guard byteCount == manifest.byteCount, checksum == manifest.checksum else {
            throw VaultError(.backupRefused, subject: BackupManifest.storeName)
        }
        let copy = try await VaultError.store { () throws(StoreError) in
            try type(of: store).open(copy: path)
        }
        let reader = VaultReader(keyring, copy)
        guard try await reader.isOfVault, try await reader.keySet(of: nil) != nil else {
            throw VaultError(.backupRefused, subject: BackupManifest.storeName)
        }
        var dead: [ScopeID] = []
        for scope in keyring.current().scopes {
            guard let set = try await reader.keySet(of: scope.id) else { continue }
            if !set.isOpened(by: keyring.current()) { dead.append(scope.id) }
        }
        deadScopes = dead
        let now = VaultReader(keyring, store)
        let there = try await VaultError.unlessDamaged { () throws(VaultError) in
            guard try await now.isOfVault else { return nil as (BackupManifest.Counts, Int)? }
            return try await VaultError.store { () throws(StoreError) in
                (try await store.counts(), try await store.countCards(missingIn: copy))
            }
        }.flatMap(\.self)
        present = there?.0
        lostCardCount = there?.1 ?? 0
    }

    private static func manifest(
        in folder: String, _ keyring: KeyringFile
    ) throws(VaultError) -> BackupManifest {
        let text = try VaultError.file { () throws(FileError) in
            try AtomicFile.load(
                "\(folder)/\(BackupManifest.name)", limit: BackupManifest.byteLimit)
        }
        guard let text else {
            throw VaultError(.backupRefused, subject: "no \(BackupManifest.name)")
        }
        return try BackupManifest(text) { id throws(VaultError) in
            guard keyring.current().key(id)?.purpose == .seal else {
                throw VaultError(.backupRefused, subject: "seal key \(id)")
            }
            return SealKeyEntry(
                try VaultError.keyring { () throws(KeyringError) in try keyring.unwrap(id) })
        }
    }
}

/// A store that is not opened as a vault, read with the keys of its keyring.
struct VaultReader: Sendable {
    private let keyring: KeyringFile
    private let store: any VaultStore
    private let keys: AuditReader

    init(_ keyring: KeyringFile, _ store: any VaultStore) {
        self.keyring = keyring
        self.store = store
        keys = AuditReader(keyring)
    }

    /// Whether the store is of the keyring's vault.
    var isOfVault: Bool {
        get async throws(VaultError) {
            let vault = try await VaultError.store { () throws(StoreError) in
                try await store.read { reader throws(StoreError) in try reader.vault() }
            }
            return vault == keyring.current().vault
        }
    }

    /// The pin; nil where there is none.
    ///
    /// - Throws: `integrity` when it is not as it was written.
    func pin() async throws(VaultError) -> Pin? {
        let pin = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.pin() }
        }
        guard let pin else { return nil }
        guard keys.verifies(pin.sealKey, { pin.isAuthentic(under: $0) }) else {
            throw VaultError(.integrity, subject: "pin")
        }
        return pin
    }

    /// The scopes that have a key set.
    func scopes() async throws(VaultError) -> Set<ScopeID> {
        try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in
                Set(try reader.keySetScopes().compactMap(\.self))
            }
        }
    }

    /// Runs one transaction on the store.
    func write(
        _ body: (any StoreTransaction) throws(StoreError) -> Void
    ) async throws(VaultError) {
        try await VaultError.store { () throws(StoreError) in try await store.write(body) }
    }

    /// A key set; nil where there is none.
    ///
    /// - Throws: `integrity` when it is not as it was written.
    func keySet(of scope: ScopeID?) async throws(VaultError) -> KeySet? {
        let set = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.keySet(of: scope) }
        }
        guard let set else { return nil }
        let vault = keyring.current().vault
        guard set.scope == scope,
            keys.verifies(set.sealKey, { set.isAuthentic(in: vault, under: $0) })
        else { throw VaultError(.integrity, subject: "key set \(scope?.description ?? "")") }
        return set
    }

    /// Rows of a register that are as they were written.
    func rows(of register: Register) async throws(VaultError) -> [RegisterRow] {
        let rows = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.rows(of: register) }
        }
        let vault = keyring.current().vault
        return rows.filter { row in
            keys.verifies(row.sealKey) { row.isAuthentic(in: vault, under: $0) }
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

extension VaultStore {
    /// How many cards another store has not.
    fileprivate func countCards(missingIn other: any VaultStore) async throws(StoreError) -> Int {
        var (count, place): (Int, [UInt8]) = (0, [])
        while true {
            let from = place
            let page = try await read { reader throws(StoreError) in
                try reader.cards(after: from, of: nil, limit: ResealWalk.pageCount)
            }
            guard let last = page.last else { return count }
            place = last.place
            count += try await other.read { reader throws(StoreError) in
                var missing = 0
                for card in page {
                    guard let token = Token(stored: card.place.span) else { continue }
                    if try reader.card(token) == nil { missing += 1 }
                }
                return missing
            }
        }
    }
}
