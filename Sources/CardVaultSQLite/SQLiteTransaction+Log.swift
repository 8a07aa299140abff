// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import CardVault

/// Writing holds and the audit log, and removing what has expired.
extension SQLiteTransaction {
    func insert(_ hold: HoldRecord) throws(StoreError) {
        let statement = try connection.statement(.insertHold)
        statement.bind(1, hold.id.bytes)
        statement.bind(2, hold.scope.description)
        statement.bind(3, hold.key.rawValue)
        statement.bind(4, Int64(hold.facts.kind.rawValue))
        statement.bind(5, hold.box)
        statement.bind(6, Int64(hold.facts.created.milliseconds))
        statement.bind(7, Int64(hold.facts.expires.milliseconds))
        try statement.run()
    }

    func delete(_ id: HoldID) throws(StoreError) -> Bool {
        let statement = try connection.statement(.deleteHold)
        statement.bind(1, id.bytes)
        try statement.run()
        return connection.changeCount > 0
    }

    func sweep(at moment: Timestamp, limit: Int) throws(StoreError) -> SweptRecords {
        let tokens = try expired(.expiredCards, moment, limit)
        let holds = try expired(.expiredHolds, moment, limit)
        for token in tokens {
            try run(.deleteFingerprints, token)
            try run(.deleteCard, token)
        }
        for hold in holds { try run(.deleteHold, hold) }
        // What does not decode is no record of the vault, and has no name.
        return SweptRecords(
            tokens: tokens.compactMap { Token(stored: $0.span) },
            holds: holds.compactMap(HoldID.init(bytes:)))
    }

    /// The keys of expired rows.
    private func expired(
        _ query: SQLiteQuery, _ moment: Timestamp, _ limit: Int
    ) throws(StoreError) -> [[UInt8]] {
        try all(query) {
            $0.bind(1, Int64(moment.milliseconds))
            $0.bind(2, Int64(limit))
        } decode: {
            $0.bytes(0)
        }
    }

    private func run(_ query: SQLiteQuery, _ key: [UInt8]) throws(StoreError) {
        let statement = try connection.statement(query)
        statement.bind(1, key)
        try statement.run()
    }

    func append(_ entry: StoredAuditEntry) throws(StoreError) {
        let statement = try connection.statement(.appendAuditEntry)
        statement.bind(1, Int64(bitPattern: entry.sequence))
        statement.bind(2, entry.bytes)
        try statement.run()
    }

    func put(_ head: AuditHead) throws(StoreError) {
        let statement = try connection.statement(.putAuditHead)
        statement.bind(1, Int64(bitPattern: head.sequence))
        statement.bind(2, head.head)
        statement.bind(3, Int64(bitPattern: head.firstKept))
        statement.bind(4, head.sealKey.bytes)
        statement.bind(5, head.code)
        try statement.run()
    }

    func deleteAuditEntries(through sequence: UInt64) throws(StoreError) {
        let statement = try connection.statement(.deleteAuditEntries)
        statement.bind(1, Int64(clamping: sequence))
        try statement.run()
    }
}
