// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

extension Vault {
    /// Copies the store into a new folder while the vault is in use, with a manifest of what is in
    /// it. The keyring is not in it: export that to another place.
    ///
    /// Nobody destroys a key or shreds a scope before the manifest is there. The copy is entered in
    /// a register of the store first. What was altered is copied as it is: see ``damagedScopes()``.
    ///
    /// - Parameter folder: where nothing is yet. It is made.
    /// - Returns: The manifest.
    /// - Throws: ``VaultError``: `noBackups` for a store that takes no copies of itself;
    ///   `backupExists` when something is there; `backupFile`; or what the store said. What
    ///   was written is then no backup, as it has no manifest.
    public func backUp(to folder: String) async throws(VaultError) -> BackupManifest {
        guard let store = store as? any BackupStore else { throw VaultError(.noBackups) }
        return try await changingKeys(.backUp) { _, _ throws(VaultError) in
            let isNew = try VaultError.file { () throws(FileError) in
                try AtomicFile.makeFolder(folder)
            }
            guard isNew else { throw VaultError(.backupExists) }
            return try await copy(store, to: folder, register())
        }
    }

    /// Enters a copy that is about to be made.
    private func register() async throws(VaultError) -> BackupRecord {
        let keys = try await neededKeys(in: store)
        let record = BackupRecord(
            id: Random.bytes(count: BackupRecord.idByteCount), created: now(),
            generation: keyring.current().generation, keys: keys)
        let (vault, deed) = (id, event(.backUp, .done, .keys([])))
        try await write { transaction, pen throws(StoreError) in
            try pen.requireLatest()
            try transaction.put(
                RegisterRow(
                    .backups, key: record.id, content: record.content, in: vault,
                    sealedBy: pen.sealKey.key))
            try pen.append([deed])
        }
        return record
    }

    private func copy(
        _ store: any BackupStore, to folder: String, _ record: BackupRecord
    ) async throws(VaultError) -> BackupManifest {
        let path = "\(folder)/\(BackupManifest.storeName)"
        try await VaultError.store { () throws(StoreError) in try await store.copy(to: path) }
        let counts = try await VaultError.store { () throws(StoreError) in
            try await type(of: store).open(copy: path).counts()
        }
        guard let (byteCount, checksum) = try Self.checksum(of: path) else {
            throw VaultError(.backupFile)
        }
        let sealKey = try await vaultKeys().audit.sealKey
        let manifest = BackupManifest(
            record, of: id, byteCount: byteCount, checksum: checksum, counts: counts,
            sealedBy: sealKey.key.id)
        let text = manifest.text(sealedBy: sealKey.key)
        try VaultError.file { () throws(FileError) in
            try AtomicFile.replace("\(folder)/\(BackupManifest.name)", with: text)
        }
        return manifest
    }

    /// The keys of the keyring that some record of a store needs, and those that may seal: another
    /// record may come before the copy is made.
    private func neededKeys(in store: any VaultStore) async throws(VaultError) -> [KeyID] {
        var keys: [KeyID] = []
        for scope in [nil] + keyring.current().scopes.map({ Optional($0.id) }) {
            let known = try await unlessDamaged(scope) { () throws(VaultError) in
                try await authenticKeySet(of: scope)
            }
            guard let known else {
                // Nobody can say what needs them.
                let held = keyring.current().keys.filter { $0.scope == scope && $0.state.opens }
                keys += held.map(\.id)
                continue
            }
            guard let set = known else { continue }
            let held = set.keys.filter { !$0.key.purpose.isStoreHeld && $0.fence.opens }
            let needed = try await VaultError.store { () throws(StoreError) in
                try await store.read { reader throws(StoreError) in
                    var needed: [KeyID] = []
                    for row in held {
                        let needs = try reader.needs(of: row, in: set)
                        if row.fence == .sealing || !needs.isEmpty { needed.append(row.key.id) }
                    }
                    return needed
                }
            }
            keys += needed
        }
        return keys
    }

    /// How many bytes a file has, and their checksum; nil where there is none.
    static func checksum(of path: String) throws(VaultError) -> (Int, Checksum)? {
        try VaultError.file { () throws(FileError) in
            try AtomicFile.withPieces(of: path) { next throws(FileError) in
                var byteCount = 0
                let checksum = try Checksum { () throws(FileError) in
                    let piece = try next()
                    byteCount += piece?.count ?? 0
                    return piece
                }
                return (byteCount, checksum)
            }
        }
    }
}

extension VaultStore {
    /// How much is in the store.
    func counts() async throws(StoreError) -> BackupManifest.Counts {
        try await read { reader throws(StoreError) in
            var numbers: Set<KeyNumber> = []
            for scope in try reader.keySetScopes() {
                numbers.formUnion(try reader.keySet(of: scope)?.keys.map(\.number) ?? [])
            }
            var (cards, holds, entries) = (0, 0, 0)
            for number in numbers {
                cards += try reader.count(.card, of: number)
                holds += try reader.count(.hold, of: number)
            }
            if let head = try reader.auditHead() {
                entries = Int(truncatingIfNeeded: head.sequence &+ 1 &- head.firstKept)
            }
            return BackupManifest.Counts(cards: cards, holds: holds, auditEntries: entries)
        }
    }
}
