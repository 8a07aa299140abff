// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import CardVault

/// Reading holds and the audit log.
extension SQLiteReader {
    func hold(_ id: HoldID) throws(StoreError) -> HoldRecord? {
        try first(.hold) {
            $0.bind(1, id.bytes)
        } decode: {
            Self.hold($0)
        }
    }

    func holds() throws(StoreError) -> [HoldRecord] {
        try all(.holds) { _ in
        } decode: {
            Self.hold($0)
        }
    }

    func auditHead() throws(StoreError) -> AuditHead? {
        try first(.auditHead) { _ in
        } decode: { row in
            KeyID(bytes: row.bytes(3)).map { sealKey in
                AuditHead(
                    sequence: UInt64(bitPattern: row.integer(0)), head: row.bytes(1),
                    firstKept: UInt64(bitPattern: row.integer(2)), sealKey: sealKey,
                    code: row.bytes(4))
            }
        }
    }

    func auditEntries(
        from sequence: UInt64, limit: Int
    ) throws(StoreError) -> [StoredAuditEntry] {
        try all(.auditEntries) {
            $0.bind(1, Int64(clamping: sequence))
            $0.bind(2, Int64(limit))
        } decode: { row in
            StoredAuditEntry(
                sequence: UInt64(bitPattern: row.integer(0)), bytes: row.bytes(1))
        }
    }

    /// Every row of a query.
    ///
    /// - Throws: `corrupt` when a row does not decode.
    func all<R>(
        _ query: SQLiteQuery, bind: (SQLiteStatement) -> Void, decode: (SQLiteStatement) -> R?
    ) throws(StoreError) -> [R] {
        let statement = try connection.statement(query)
        defer { statement.reset() }
        bind(statement)
        return try all(statement, decode: decode)
    }

    /// Every row of a statement.
    ///
    /// - Throws: `corrupt` when a row does not decode.
    func all<R>(
        _ statement: SQLiteStatement, decode: (SQLiteStatement) -> R?
    ) throws(StoreError) -> [R] {
        var rows: [R] = []
        while try statement.step() {
            guard let row = decode(statement) else { throw StoreError(.corrupt) }
            rows.append(row)
        }
        return rows
    }

    private static func hold(_ row: SQLiteStatement) -> HoldRecord? {
        guard let id = HoldID(bytes: row.bytes(0)), let scope = ScopeID(row.text(1)),
            let kind = UInt8(exactly: row.integer(3)).flatMap(HoldKind.init(rawValue:)),
            let created = moment(row, 5), let expires = moment(row, 6)
        else { return nil }
        return HoldRecord(
            id: id, scope: scope, key: KeyNumber(rawValue: row.integer(2)), box: row.bytes(4),
            facts: HoldFacts(kind: kind, created: created, expires: expires))
    }
}
