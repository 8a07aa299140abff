// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// A backup that was checked, with its store copied to where it may be opened. The backup itself is
/// only read.
struct BackupCopy: Sendable {
    let manifest: BackupManifest
    /// The copy, opened.
    let store: any BackupStore

    /// Copies and checks a backup: the manifest's code, the checksum of the store, its vault and
    /// its keys.
    ///
    /// - Parameters:
    ///   - folder: of the backup.
    ///   - path: where the copy is to be. One that is there is removed.
    ///   - kind: opens it.
    /// - Throws: `backupRefused` saying what is missing or altered, `otherVault`, `keyringOlder`.
    init(
        _ folder: String, to path: String, with keyring: KeyringFile, _ kind: any BackupStore.Type
    ) async throws(VaultError) {
        manifest = try Self.manifest(in: folder, keyring)
        guard manifest.vault == keyring.current().vault else { throw VaultError(.otherVault) }
        // One that is older than the backup was put back by somebody.
        guard keyring.current().generation >= manifest.record.generation else {
            throw VaultError(.keyringOlder)
        }
        try await VaultError.store { () throws(StoreError) in try kind.remove(copy: path) }
        // What is checked are the bytes that are opened.
        let copied = try Self.copy("\(folder)/\(BackupManifest.storeName)", to: path)
        guard let (byteCount, checksum) = copied else {
            throw VaultError(.backupRefused, subject: "no \(BackupManifest.storeName)")
        }
        guard byteCount == manifest.byteCount, checksum == manifest.checksum else {
            throw VaultError(.backupRefused, subject: BackupManifest.storeName)
        }
        store = try await VaultError.store { () throws(StoreError) in try kind.open(copy: path) }
        let reader = VaultReader(keyring, store)
        guard try await reader.isOfVault, try await reader.keySet(of: nil) != nil else {
            throw VaultError(.backupRefused, subject: BackupManifest.storeName)
        }
    }

    /// Copies a file; how many bytes it has, and their checksum; nil where there is none.
    private static func copy(
        _ source: String, to path: String
    ) throws(VaultError) -> (Int, Checksum)? {
        try VaultError.file { () throws(FileError) in
            try AtomicFile.withPieces(of: source) { next throws(FileError) in
                try AtomicFile.withNewFile(path) { write throws(FileError) in
                    var byteCount = 0
                    let checksum = try Checksum { () throws(FileError) in
                        let piece = try next()
                        if let piece { try write(piece) }
                        byteCount += piece?.count ?? 0
                        return piece
                    }
                    return (byteCount, checksum)
                }
            }
        }
    }

    private static func manifest(
        in folder: String, _ keyring: KeyringFile
    ) throws(VaultError) -> BackupManifest {
        let text = try VaultError.file { () throws(FileError) in
            try AtomicFile.withPieces(of: "\(folder)/\(BackupManifest.name)") {
                next throws(FileError) in
                var text: [UInt8] = []
                while text.count <= BackupManifest.byteLimit, let piece = try next() {
                    text += piece
                }
                return text
            }
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
