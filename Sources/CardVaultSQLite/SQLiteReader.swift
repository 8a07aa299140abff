// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
internal import CardKeys
internal import CardVault

/// The reads of the store on one connection.
class SQLiteReader: StoreReader {
    /// How many keys a set has at most: each is read before its code is checked. Those of the
    /// keyring come beside those that the store holds.
    private static let keyLimit = 2 * KeySet.storeHeldLimit

    let connection: SQLiteConnection

    init(_ connection: SQLiteConnection) { self.connection = connection }

    func vault() throws(StoreError) -> VaultID? {
        guard try SQLiteSchema.isThere(connection) else { return nil }
        return try first(.vault) { _ in
        } decode: { row in
            VaultID(bytes: row.bytes(0))
        }
    }

    func pin() throws(StoreError) -> Pin? {
        guard try SQLiteSchema.isThere(connection) else { return nil }
        return try first(.pin) { _ in
        } decode: { row in
            guard let vault = VaultID(bytes: row.bytes(0)),
                let sealKey = KeyID(bytes: row.bytes(4)),
                let chainCount = UInt8(exactly: row.integer(6))
            else { return nil }
            return Pin(
                vault: vault, generation: UInt64(bitPattern: row.integer(1)),
                keyringCode: row.bytes(2), required: UInt64(bitPattern: row.integer(3)),
                auditChainCount: chainCount, sealKey: sealKey, code: row.bytes(5))
        }
    }

    func hasCards(besides keys: Set<KeyNumber>) throws(StoreError) -> Bool {
        guard try SQLiteSchema.isThere(connection) else { return false }
        let numbers = keys.map { String($0.rawValue) }.joined(separator: ",")
        return try first(.cardOfOtherKey) {
            $0.bind(1, "[\(numbers)]")
        } decode: { row in
            row.integer(0) == 1
        } ?? false
    }

    func epoch(of scope: ScopeID?) throws(StoreError) -> UInt64? {
        try first(.epoch) {
            $0.bind(1, scope?.description ?? "")
        } decode: { row in
            UInt64(bitPattern: row.integer(0))
        }
    }

    func keySet(of scope: ScopeID?) throws(StoreError) -> KeySet? {
        let found = try first(.keySet) {
            $0.bind(1, scope?.description ?? "")
        } decode: { row in
            (
                row.integer(0), UInt64(bitPattern: row.integer(1)), KeyID(ofRow: row.bytes(2)),
                row.bytes(3)
            )
        }
        guard let (number, epoch, sealKey, code) = found else { return nil }
        let statement = try connection.statement(.keys)
        defer { statement.reset() }
        statement.bind(1, number)
        var keys: [StoredKey] = []
        while try statement.step() {
            guard keys.count < Self.keyLimit else { break }
            if let key = Self.key(statement, scope: scope) { keys.append(key) }
        }
        return KeySet(scope: scope, epoch: epoch, sealKey: sealKey, keys: keys, code: code)
    }

    func card(_ token: Token) throws(StoreError) -> CardRecord? {
        try first(.card) {
            $0.bind(1, token.stored)
        } decode: { row in
            Self.facts(row).map { facts in
                CardRecord(
                    token: token, key: KeyNumber(rawValue: row.integer(0)), box: row.bytes(1),
                    facts: facts)
            }
        }
    }

    func token(of fingerprint: FingerprintRecord) throws(StoreError) -> Token? {
        try first(.token) {
            $0.bind(fingerprint)
        } decode: { row in
            Token(stored: row.bytes(0).span)
        }
    }

    /// The first row of a query; nil when it has none.
    ///
    /// - Throws: `corrupt` when the row does not decode.
    func first<R>(
        _ query: SQLiteQuery, bind: (SQLiteStatement) -> Void, decode: (SQLiteStatement) -> R?
    ) throws(StoreError) -> R? {
        let statement = try connection.statement(query)
        defer { statement.reset() }
        bind(statement)
        guard try statement.step() else { return nil }
        guard let value = decode(statement) else { throw StoreError(.corrupt) }
        return value
    }

    static func facts(_ row: SQLiteStatement) -> CardFacts? {
        guard let format = UInt8(exactly: row.integer(2)).flatMap(TokenFormat.init(code:)),
            let display = row.withBytes(3, { try? DisplayDigits(stored: $0) }),
            let brand = UInt8(exactly: row.integer(4)).flatMap(CardBrand.init(rawValue:)),
            let created = moment(row, 6)
        else { return nil }
        let expiry = row.isNull(5) ? nil : UInt32(exactly: row.integer(5)).flatMap(ExpiryDate.init)
        let expires = row.isNull(7) ? nil : moment(row, 7)
        guard row.isNull(5) == (expiry == nil), row.isNull(7) == (expires == nil) else {
            return nil
        }
        return CardFacts(
            format: format, display: display, brand: brand, expiry: expiry, created: created,
            expires: expires)
    }

    static func moment(_ row: SQLiteStatement, _ column: Int32) -> Timestamp? {
        UInt64(exactly: row.integer(column)).flatMap(Timestamp.init(milliseconds:))
    }

    private static func key(_ row: SQLiteStatement, scope: ScopeID?) -> StoredKey? {
        guard let id = KeyID(bytes: row.bytes(1)), let purpose = KeyPurpose(rawValue: row.text(2)),
            let suite = UInt8(exactly: row.integer(3)).flatMap(Suite.init(rawValue:)),
            let fence = Fence(rawValue: row.text(5)), let state = KeyState(rawValue: row.text(6)),
            let dates = KeyDates(stored: row.bytes(7)), row.isNull(8) == row.isNull(9)
        else { return nil }
        let wrapping =
            row.isNull(8)
            ? nil
            : StoredKey.Wrapping(by: KeyNumber(rawValue: row.integer(8)), box: row.bytes(9))
        let key = KeyDescriptor(
            id: id, purpose: purpose, scope: scope, suite: suite,
            sequence: UInt64(bitPattern: row.integer(4)), state: state, dates: dates)
        return StoredKey(
            number: KeyNumber(rawValue: row.integer(0)), key: key, fence: fence,
            wrapping: wrapping)
    }
}

extension SQLiteStatement {
    func bind(_ fingerprint: FingerprintRecord) {
        bind(1, fingerprint.key.rawValue)
        bind(2, Int64(fingerprint.format.code))
        bind(3, fingerprint.fingerprint.bytes)
    }
}
