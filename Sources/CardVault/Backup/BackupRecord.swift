// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys

/// A copy of the store that was made, as the store remembers it.
public struct BackupRecord: Hashable, Sendable {
    /// Bytes in the name of a copy: 16.
    public static let idByteCount = 16

    /// The name, 16 random bytes.
    public let id: [UInt8]
    /// When it was made.
    public let created: Timestamp
    /// The generation of the keyring then.
    public let generation: UInt64
    /// The keys of the keyring that it needs to be read in whole.
    public let keys: [KeyID]

    /// The name as 32 hexadecimal digits.
    public var name: String { Hexadecimal.print(id) }

    init(id: [UInt8], created: Timestamp, generation: UInt64, keys: [KeyID]) {
        self.id = id
        self.created = created
        self.generation = generation
        self.keys = keys
    }

    /// The content of the row: `frame(created, generation, key ids)`.
    var content: [UInt8] {
        var frame = Frame(capacity: 64 + keys.count * KeyID.byteCount)
        frame.append(created.milliseconds)
        frame.append(generation)
        frame.append(keys.flatMap(\.bytes))
        return frame.bytes
    }

    /// Reads a row; nil when its content is none.
    init?(_ row: RegisterRow) {
        var reader = FrameReader(row.content[...])
        guard row.key.count == Self.idByteCount,
            let created = reader.integer().flatMap(Timestamp.init(milliseconds:)),
            let generation = reader.integer(), let ids = reader.field(), reader.isAtEnd,
            ids.count.isMultiple(of: KeyID.byteCount)
        else { return nil }
        let bytes = Array(ids)
        let keys = stride(from: 0, to: bytes.count, by: KeyID.byteCount).compactMap {
            KeyID(bytes: Array(bytes[$0..<($0 + KeyID.byteCount)]))
        }
        self.init(id: row.key, created: created, generation: generation, keys: keys)
    }
}

extension FrameReader {
    /// The next field, which is an integer of 8 bytes; nil for any other.
    mutating func integer() -> UInt64? {
        guard let bytes = field(), bytes.count == 8 else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension Vault {
    /// The copies of the store that were made, in any order.
    ///
    /// - Throws: ``VaultError``: `integrity` when the register was altered.
    public func backupList() async throws(VaultError) -> [BackupRecord] {
        try checkProcess()
        let rows = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.rows(of: .backups) }
        }
        return try rows.map { row throws(VaultError) in
            let sealKey = try sealKey(row.sealKey)
            guard row.isAuthentic(in: id, under: sealKey.key), let record = BackupRecord(row) else {
                throw VaultError(.integrity, subject: "register of backups")
            }
            return record
        }
    }
}
