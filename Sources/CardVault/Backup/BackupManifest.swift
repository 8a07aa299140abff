// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
internal import CardKeys

/// What a backup is, as the file `manifest` in its folder says: JSON, then one last line
/// `mac: BASE64URL` over every byte above it. It is written last: a folder without it is half a
/// backup.
public struct BackupManifest: Hashable, Sendable {
    /// How many records of each kind a store has.
    public struct Counts: Hashable, Sendable {
        /// Cards.
        public let cards: Int
        /// Holds.
        public let holds: Int
        /// Entries of the audit log.
        public let auditEntries: Int
    }

    static let version: UInt64 = 1
    /// Names of the files in the folder.
    static let (name, storeName) = ("manifest", "cards.db")
    static let byteLimit = 16 << 20

    /// What the register of the store says of it.
    public let record: BackupRecord
    /// The vault.
    public let vault: VaultID
    /// How many bytes the copy of the store has.
    public let byteCount: Int
    /// The SHA-256 of the copy.
    public let checksum: Checksum
    /// How much is in it.
    public let counts: Counts
    /// The seal key that made the code.
    public let sealKey: KeyID

    /// The file's bytes, with the code that `sealKey` makes.
    func text(sealedBy sealKey: borrowing SealKey) -> [UInt8] {
        let keys = record.keys.map { "\n    \"\($0)\"" }.joined(separator: ",")
        let body = Array(
            """
            {
              "format": "card-vault backup",
              "version": \(Self.version),
              "id": "\(record.name)",
              "vault": "\(vault)",
              "created": \(record.created.milliseconds),
              "generation": \(record.generation),
              "bytes": \(byteCount),
              "sha256": "\(checksum)",
              "cards": \(counts.cards),
              "holds": \(counts.holds),
              "audit": \(counts.auditEntries),
              "keys": [\(keys)],
              "seal": "\(self.sealKey)"
            }

            """.utf8)
        return KeyringText.join(body, code: sealKey.code(for: Self.frame(body[...])))
    }

    /// Reads a file and checks its code with the seal key that it names.
    ///
    /// - Throws: `backupRefused`.
    init(
        _ text: [UInt8], sealKey: (KeyID) throws(VaultError) -> SealKeyEntry
    ) throws(VaultError) {
        guard text.count <= Self.byteLimit, let parts = try? KeyringText.split(text),
            let json = try? StrictJSON.parse(parts.body),
            let manifest = try? Self.read(json)
        else { throw VaultError(.backupRefused, subject: "manifest") }
        let key = try sealKey(manifest.sealKey)
        guard key.key.verifies(parts.code, for: Self.frame(parts.body)) else {
            throw VaultError(.backupRefused, subject: "manifest")
        }
        self = manifest
    }

    private init(
        record: BackupRecord, vault: VaultID, byteCount: Int, checksum: Checksum,
        counts: Counts, sealKey: KeyID
    ) {
        self.record = record
        self.vault = vault
        self.byteCount = byteCount
        self.checksum = checksum
        self.counts = counts
        self.sealKey = sealKey
    }

    /// Describes a copy that was made.
    init(
        _ record: BackupRecord, of vault: VaultID, byteCount: Int, checksum: Checksum,
        counts: Counts, sealedBy sealKey: KeyID
    ) {
        self.init(
            record: record, vault: vault, byteCount: byteCount, checksum: checksum,
            counts: counts, sealKey: sealKey)
    }

    private static func read(_ json: StrictJSON) throws(KeyringError) -> BackupManifest {
        var fields = try KeyringFields(json, "manifest")
        guard try fields.string("format") == "card-vault backup",
            try fields.integer("version") == version
        else { throw .badField("format") }
        guard let id = Hexadecimal.parse(try fields.string("id")),
            id.count == BackupRecord.idByteCount,
            let vault = VaultID(hex: try fields.string("vault")),
            let checksum = Checksum(hex: try fields.string("sha256")),
            let sealKey = KeyID(hex: try fields.string("seal"))
        else { throw .badField("id") }
        var keys: [KeyID] = []
        for key in try fields.array("keys") {
            guard case .string(let hex) = key, let id = KeyID(hex: hex) else {
                throw .badField("keys")
            }
            keys.append(id)
        }
        let record = BackupRecord(
            id: id, created: try fields.timestamp("created"),
            generation: try fields.integer("generation"), keys: keys)
        let byteCount = try fields.count("bytes")
        let counts = Counts(
            cards: try fields.count("cards"), holds: try fields.count("holds"),
            auditEntries: try fields.count("audit"))
        try fields.end()
        return BackupManifest(
            record: record, vault: vault, byteCount: byteCount, checksum: checksum,
            counts: counts, sealKey: sealKey)
    }

    private static func frame(_ body: ArraySlice<UInt8>) -> Frame {
        var frame = Frame("card-vault/1 backup", capacity: body.count + 64)
        frame.append(Array(body))
        return frame
    }
}

extension KeyringFields {
    fileprivate mutating func count(_ name: String) throws(KeyringError) -> Int {
        guard let count = Int(exactly: try integer(name)) else { throw .badField(name) }
        return count
    }
}
