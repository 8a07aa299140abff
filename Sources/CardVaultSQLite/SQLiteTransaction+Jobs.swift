// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault

/// What jobs over all cards write.
extension SQLiteTransaction {
    func reseal(_ boxes: [NewBox]) throws(StoreError) -> [Bool] {
        let statement = try connection.statement(.resealCard)
        var outcomes: [Bool] = []
        outcomes.reserveCapacity(boxes.count)
        for box in boxes {
            statement.bind(1, box.key.rawValue)
            statement.bind(2, box.box)
            statement.bind(3, box.token.stored)
            statement.bind(4, box.oldKey.rawValue)
            statement.bind(5, box.oldBox)
            try statement.run()
            outcomes.append(connection.changeCount > 0)
        }
        return outcomes
    }

    /// Writes in the order of the table: random order would touch a page a row.
    func index(_ rows: [IndexRow]) throws(StoreError) -> [Token?] {
        var tokens = rows.map { Optional($0.token) }
        // Of equal rows the first wins, as it would one by one.
        let order = rows.indices.sorted {
            (rows[$0].fingerprint, $0) < (rows[$1].fingerprint, $1)
        }
        let statement = try connection.statement(.insertFingerprint)
        for index in order {
            let fingerprint = rows[index].fingerprint
            statement.bind(fingerprint)
            statement.bind(4, rows[index].token.stored)
            try statement.run()
            guard connection.changeCount == 0 else { continue }
            tokens[index] = try named(by: fingerprint)
        }
        return tokens
    }

    /// The token of a search row that is there; nil for one that does not decode, as that must not
    /// fail the other cards of a page.
    private func named(by fingerprint: FingerprintRecord) throws(StoreError) -> Token? {
        do throws(StoreError) {
            return try token(of: fingerprint)
        } catch {
            guard error == StoreError(.corrupt) || error == .tooLong else { throw error }
            return nil
        }
    }

    func put(_ row: IndexRow) throws(StoreError) {
        let statement = try connection.statement(.putFingerprint)
        statement.bind(row.fingerprint)
        statement.bind(4, row.token.stored)
        try statement.run()
    }

    func delete(_ row: IndexRow) throws(StoreError) -> Bool {
        let statement = try connection.statement(.deleteFingerprintOfToken)
        statement.bind(row.fingerprint)
        statement.bind(4, row.token.stored)
        try statement.run()
        return connection.changeCount > 0
    }

    /// Finds the rows and deletes them one by one: SQLite would walk all of the key for a set.
    func deleteFingerprints(of key: KeyNumber, limit: Int) throws(StoreError) -> Int {
        let rows = try all(.fingerprintsOfKey) {
            $0.bind(1, key.rawValue)
            $0.bind(2, Int64(limit))
        } decode: {
            (format: $0.integer(0), fingerprint: $0.bytes(1))
        }
        let deletion = try connection.statement(.deleteFingerprint)
        for row in rows {
            deletion.bind(1, key.rawValue)
            deletion.bind(2, row.format)
            deletion.bind(3, row.fingerprint)
            try deletion.run()
        }
        return rows.count
    }
}
