// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
internal import CardKeys
internal import CardVault

/// The reads and writes of one transaction on the writing connection.
final class SQLiteTransaction: SQLiteReader, StoreTransaction {
    private var lastKeyNumber: Int64?

    func reset(for vault: VaultID) throws(StoreError) {
        if try SQLiteSchema.isThere(connection) {
            for table in SQLiteSchema.tableNames {
                try connection.execute("DELETE FROM \(table)")
            }
        } else {
            try connection.execute(SQLiteSchema.tables)
        }
        let statement = try connection.statement(.insertVault)
        statement.bind(1, vault.bytes)
        try statement.run()
    }

    func put(_ pin: Pin) throws(StoreError) {
        let statement = try connection.statement(.putPin)
        statement.bind(1, pin.vault.bytes)
        statement.bind(2, Int64(bitPattern: pin.generation))
        statement.bind(3, pin.keyringCode)
        statement.bind(4, Int64(bitPattern: pin.required))
        statement.bind(5, pin.sealKey.bytes)
        statement.bind(6, pin.code)
        statement.bind(7, Int64(pin.auditChainCount))
        try statement.run()
    }

    func put(_ keySet: KeySet) throws(StoreError) {
        let scope = keySet.scope?.description ?? ""
        let statement = try connection.statement(.putKeySet)
        statement.bind(1, scope)
        statement.bind(2, Int64(bitPattern: keySet.epoch))
        statement.bind(3, keySet.sealKey.bytes)
        statement.bind(4, keySet.code)
        try statement.run()
        let number = try first(.keySet) {
            $0.bind(1, scope)
        } decode: {
            $0.integer(0)
        }
        guard let number else { throw StoreError(.corrupt) }
        let deletion = try connection.statement(.deleteKeys)
        deletion.bind(1, number)
        try deletion.run()
        for key in keySet.keys { try insert(key, keySet: number) }
    }

    private func insert(_ row: StoredKey, keySet: Int64) throws(StoreError) {
        let statement = try connection.statement(.insertKey)
        statement.bind(1, row.number.rawValue)
        statement.bind(2, keySet)
        statement.bind(3, row.key.id.bytes)
        statement.bind(4, row.key.purpose.rawValue)
        statement.bind(5, Int64(row.key.suite.rawValue))
        statement.bind(6, Int64(bitPattern: row.key.sequence))
        statement.bind(7, row.fence.rawValue)
        statement.bind(8, row.key.state.rawValue)
        statement.bind(9, row.key.dates.stored)
        statement.bind(10, row.wrapping?.by.rawValue)
        statement.bind(11, row.wrapping?.box)
        try statement.run()
    }

    func nextKeyNumber() throws(StoreError) -> KeyNumber {
        // Rows of keys are never removed, but by somebody who should not: then records still name
        // them. Numbers given out by this transaction may not have a row yet.
        let stored =
            try first(.lastKeyNumber) { _ in
            } decode: {
                $0.integer(0)
            } ?? 0
        let last = max(stored, lastKeyNumber ?? 0)
        guard last < .max else { throw StoreError(.corrupt) }
        let next = last + 1
        lastKeyNumber = next
        return KeyNumber(rawValue: next)
    }

    /// Writes search rows in the order of their index and cards in the order of their tokens:
    /// random order would touch a page a row.
    func insert(_ cards: [NewCard]) throws(StoreError) -> [InsertOutcome] {
        var outcomes = [InsertOutcome](repeating: .inserted, count: cards.count)
        var hits: [Int] = []
        for index in cards.indices.sorted(by: { precedes(cards, $0, $1) }) {
            if try insertFingerprints(of: cards[index]) != nil { hits.append(index) }
        }
        let hitIndexes = Set(hits)
        let fresh = cards.indices.filter { !hitIndexes.contains($0) }
        let order = fresh.sorted { (cards[$0].record.token, $0) < (cards[$1].record.token, $1) }
        for index in order where try !insert(cards[index].record) {
            try delete(cards[index].fingerprints[...])
            outcomes[index] = .tokenTaken
        }
        // One by one, as a hit on a card of this call that could not be stored after all is no hit.
        for index in hits.sorted() { outcomes[index] = try insert(cards[index]) }
        return outcomes
    }

    private func insert(_ card: NewCard) throws(StoreError) -> InsertOutcome {
        if let token = try insertFingerprints(of: card) { return .exists(token, try hit(token)) }
        if try insert(card.record) { return .inserted }
        try delete(card.fingerprints[...])
        return .tokenTaken
    }

    /// The record that a search row points at; nil also for one that does not decode, as that must
    /// not fail the other cards of a call.
    private func hit(_ token: Token) throws(StoreError) -> CardRecord? {
        do throws(StoreError) {
            return try card(token)
        } catch {
            guard error == StoreError(.corrupt) else { throw error }
            return nil
        }
    }

    func delete(_ token: Token) throws(StoreError) -> Bool { try deleteCard(at: token.stored) }

    func deleteCard(at place: [UInt8]) throws(StoreError) -> Bool {
        for query in [SQLiteQuery.deleteFingerprints, .deleteCard] {
            let statement = try connection.statement(query)
            statement.bind(1, place)
            try statement.run()
        }
        return connection.changeCount > 0
    }

    /// The order of the search rows; of equal ones, the card that came first.
    private func precedes(_ cards: [NewCard], _ a: Int, _ b: Int) -> Bool {
        guard let x = cards[a].fingerprints.first, let y = cards[b].fingerprints.first, x != y
        else {
            return a < b
        }
        return x < y
    }

    /// Writes every search row of a card, or none: then returns the token of the one that was
    /// there.
    private func insertFingerprints(of card: NewCard) throws(StoreError) -> Token? {
        for (count, fingerprint) in card.fingerprints.enumerated() {
            let statement = try connection.statement(.insertFingerprint)
            statement.bind(fingerprint)
            statement.bind(4, card.record.token.stored)
            try statement.run()
            guard connection.changeCount == 0 else { continue }
            try delete(card.fingerprints[..<count])
            guard let token = try token(of: fingerprint) else { throw StoreError(.corrupt) }
            return token
        }
        return nil
    }

    private func delete(_ fingerprints: ArraySlice<FingerprintRecord>) throws(StoreError) {
        for fingerprint in fingerprints {
            let statement = try connection.statement(.deleteFingerprint)
            statement.bind(fingerprint)
            try statement.run()
        }
    }

    /// Writes a card; false when its token is taken.
    private func insert(_ record: CardRecord) throws(StoreError) -> Bool {
        let statement = try connection.statement(.insertCard)
        statement.bind(9, record.token.stored)
        statement.bind(record)
        try statement.run()
        return connection.changeCount > 0
    }

    func replace(_ old: CardRecord, with new: CardRecord) throws(StoreError) -> Bool {
        guard try card(old.token) == old else { return false }
        let statement = try connection.statement(.replaceCard)
        statement.bind(9, new.token.stored)
        statement.bind(new)
        try statement.run()
        return connection.changeCount > 0
    }
}

extension SQLiteStatement {
    /// Binds the columns of a card but its token, from the first parameter on.
    fileprivate func bind(_ record: CardRecord) {
        let facts = record.facts
        bind(1, record.key.rawValue)
        bind(2, record.box)
        bind(3, Int64(facts.format.code))
        bind(4, facts.display.stored)
        bind(5, Int64(facts.brand.rawValue))
        bind(6, facts.expiry.map { Int64($0.code) })
        bind(7, Int64(facts.created.milliseconds))
        bind(8, facts.expires.map { Int64($0.milliseconds) })
    }
}
