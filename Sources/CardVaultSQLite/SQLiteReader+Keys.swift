// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import CardVault

/// Which records need which keys. Asked seldom, so these statements are not kept.
extension SQLiteReader {
    func keySetScopes() throws(StoreError) -> [ScopeID?] {
        let names = try all(connection.prepare("SELECT scope FROM key_sets")) { $0.text(0) }
        return names.compactMap { $0.isEmpty ? .some(nil) : ScopeID($0).map(Optional.some) }
    }

    func count(_ kind: KeyedRecord, of key: KeyNumber) throws(StoreError) -> Int {
        Int(try first("SELECT count(*) FROM \(kind.rows)", of: key, kind))
    }

    func hasAny(_ kind: KeyedRecord, of key: KeyNumber) throws(StoreError) -> Bool {
        try first("SELECT EXISTS (SELECT 1 FROM \(kind.rows))", of: key, kind) == 1
    }

    private func first(
        _ sql: String, of key: KeyNumber, _ kind: KeyedRecord
    ) throws(StoreError) -> Int64 {
        let statement = try connection.prepare(sql)
        if kind == .auditEntry {
            statement.bind(1, key.bytes)
        } else {
            statement.bind(1, key.rawValue)
        }
        guard try statement.step() else { throw StoreError(.corrupt) }
        return statement.integer(0)
    }

    func sealKeysInUse() throws(StoreError) -> Set<KeyID> {
        let tables = ["key_sets", "pin", "audit_heads", "registers"]
        let sql = tables.map { "SELECT seal_key FROM \($0)" }.joined(separator: " UNION ")
        return Set(try all(connection.prepare(sql)) { $0.bytes(0) }.compactMap(KeyID.init(bytes:)))
    }
}

extension KeyedRecord {
    /// The rows that a key, the only parameter, made.
    fileprivate var rows: String {
        switch self {
        case .card: "cards WHERE key = ?"
        case .fingerprint: "fingerprints WHERE key = ?"
        case .hold: "holds WHERE key = ?"
        // An entry names its key after its version, chain and place. No index is kept of it, as
        // each deed would pay for that.
        case .auditEntry: "audit WHERE substr(entry, 11, 8) = ?"
        }
    }
}

extension KeyNumber {
    /// As an entry of the audit log names it.
    fileprivate var bytes: [UInt8] {
        let word = UInt64(bitPattern: rawValue)
        return (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
}
