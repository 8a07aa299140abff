// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault

/// The walk over all cards.
extension SQLiteReader {
    func cards(
        after place: [UInt8], of keys: Set<KeyNumber>?, limit: Int
    ) throws(StoreError) -> [WalkedCard] {
        var cards: [WalkedCard] = []
        if let keys, keys.isEmpty { return cards }
        var stride = limit
        while cards.count < limit {
            let walk = SQLiteWalk(
                place: cards.last?.place ?? place, keys: keys?.sorted(),
                limit: min(stride, limit - cards.count))
            do throws(StoreError) {
                let count = cards.count
                try walk.append(to: &cards, from: connection.prepare(walk.sql))
                guard cards.count - count == walk.limit else { break }
            } catch {
                // A row that SQLite does not even load must not end every walk before it: from here
                // on card by card, and of that one nothing but its place and key.
                guard error == .tooLong else { throw error }
                if walk.limit == 1 {
                    try walk.appendBare(to: &cards, from: connection.prepare(walk.nextCardSQL))
                }
                stride = 1
            }
        }
        return cards
    }

    func card(at place: [UInt8]) throws(StoreError) -> WalkedCard? {
        let walk = SQLiteWalk(place: place, keys: nil, limit: 1, isExact: true)
        var cards: [WalkedCard] = []
        do throws(StoreError) {
            try walk.append(to: &cards, from: connection.prepare(walk.sql))
        } catch {
            guard error == .tooLong else { throw error }
            try walk.appendBare(to: &cards, from: connection.prepare(walk.nextCardSQL))
        }
        return cards.first
    }

    func searchRows(
        of key: KeyNumber, lacking other: KeyNumber, limit: Int
    ) throws(StoreError) -> LaggingRows {
        // In the order of the tokens five times as fast, where most rows are the key's.
        let isMost = try !hasSearchRows(besides: 4 * count(.fingerprint, of: key))
        let statement = try connection.prepare(laggingSQL(inOrderOfTokens: isMost))
        statement.bind(1, key.rawValue)
        statement.bind(2, other.rawValue)
        var count = 0
        var places: [[UInt8]] = []
        while try statement.step() {
            count += 1
            if places.count < limit { places.append(statement.bytes(0)) }
        }
        return LaggingRows(count: count, places: places)
    }

    /// Whether there are more search rows than so many.
    private func hasSearchRows(besides count: Int) throws(StoreError) -> Bool {
        let statement = try connection.prepare(
            "SELECT EXISTS (SELECT 1 FROM fingerprints LIMIT 1 OFFSET \(count))")
        guard try statement.step() else { throw StoreError(.corrupt) }
        return statement.integer(0) == 1
    }
}

/// The index of tokens has the key beside each, and is all that is looked at. No token is as long
/// as a row of somebody else's may be: that points at nothing, and is not loaded.
private func laggingSQL(inOrderOfTokens isOrdered: Bool) -> String {
    """
    SELECT DISTINCT token FROM fingerprints f \(isOrdered ? "INDEXED BY fingerprints_by_token" : "")
    WHERE key = ?1 AND length(token) <= 64 AND NOT EXISTS (
      SELECT 1 FROM fingerprints n WHERE n.token = f.token AND n.key = ?2)
    """
}

/// Some steps of a walk over all cards.
private struct SQLiteWalk {
    let place: [UInt8]
    let keys: [KeyNumber]?
    let limit: Int
    /// Whether only the card at the place is meant, and none after it.
    var isExact = false

    /// So many keys are looked for one by one in the index of keys, and their cards merged; of more
    /// of them every card is looked at.
    private static let indexedKeyLimit = 16

    /// The columns of a card and of one of its search rows; a card comes once for each of them.
    ///
    /// Cards come as they lie, with nothing to sort, so that who stops reading has cost no more
    /// than what was read. A single one is chosen beforehand: the row after it may not load.
    var sql: String {
        let conditions = limit == 1 ? ["token = (SELECT token FROM (\(nextCardSQL)))"] : ranges
        let selects = conditions.map { condition in
            """
            SELECT c.key, box, c.format, display, brand, expiry, created, expires, c.token,
              f.key, f.format, f.fingerprint
            FROM cards c LEFT JOIN fingerprints f ON f.token = c.token WHERE c.\(condition)
            """
        }
        return "\(selects.joined(separator: " UNION ALL ")) ORDER BY 9"
    }

    /// The token and the key of the next card alone.
    var nextCardSQL: String {
        let selects = ranges.map { "SELECT token, key FROM cards c WHERE c.\($0)" }
        return "\(selects.joined(separator: " UNION ALL ")) ORDER BY 1 LIMIT 1"
    }

    private var ranges: [String] {
        switch keys {
        case nil: [isExact ? "token = ?1" : "token > ?1"]
        case let keys? where keys.count <= Self.indexedKeyLimit:
            keys.map { "token > ?1 AND c.key = \($0.rawValue)" }
        case let keys?:
            ["token > ?1 AND +c.key IN (\(keys.map { "\($0.rawValue)" }.joined(separator: ",")))"]
        }
    }

    func append(
        to cards: inout [WalkedCard], from statement: SQLiteStatement
    ) throws(StoreError) {
        statement.bind(1, place)
        let end = cards.count + limit
        var isThere = try statement.step()
        while isThere && cards.count < end {
            let place = statement.bytes(8)
            let key = KeyNumber(rawValue: statement.integer(0))
            let record = Token(stored: place.span).flatMap { token in
                SQLiteReader.facts(statement).map {
                    CardRecord(token: token, key: key, box: statement.bytes(1), facts: $0)
                }
            }
            var fingerprints: [FingerprintRecord] = []
            var damagedRowCount = 0
            repeat {
                if let row = fingerprint(statement) {
                    fingerprints.append(row)
                } else if !statement.isNull(9) {
                    damagedRowCount += 1
                }
                isThere = try statement.step()
            } while isThere && statement.has(8, place)
            fingerprints.sort()
            cards.append(
                WalkedCard(
                    place: place, key: key, record: record, fingerprints: fingerprints,
                    damagedRowCount: damagedRowCount))
        }
    }

    func appendBare(
        to cards: inout [WalkedCard], from statement: SQLiteStatement
    ) throws(StoreError) {
        statement.bind(1, place)
        guard try statement.step() else { return }
        cards.append(
            WalkedCard(
                place: statement.bytes(0), key: KeyNumber(rawValue: statement.integer(1)),
                record: nil, fingerprints: []))
    }

    /// The search row beside a card; nil where it has none, or one that does not decode.
    private func fingerprint(_ row: SQLiteStatement) -> FingerprintRecord? {
        guard let format = UInt8(exactly: row.integer(10)).flatMap(TokenFormat.init(code:)) else {
            return nil
        }
        return row.withBytes(11) { bytes in
            guard bytes.count == Fingerprint.byteCount else { return nil }
            return FingerprintRecord(
                key: KeyNumber(rawValue: row.integer(9)), format: format,
                fingerprint: Fingerprint(bytes))
        }
    }
}
