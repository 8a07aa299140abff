// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys

/// Where sealed records are kept. A store never sees a card number, a key or a plaintext.
///
/// Conformers are checked by one suite of laws. Nothing in it leans on a particular engine: several
/// processes may share a store, over a file or a network. Reads and the closures of transactions
/// are synchronous; a store that waits for a network does so on an executor of its own.
public protocol VaultStore: Sendable {
    /// Whether the store is gone when its value is: then it needs neither `initialize` nor a pin.
    var isEphemeral: Bool { get }

    /// The record of a token; nil when there is none.
    func card(_ token: Token) async throws(StoreError) -> CardRecord?

    /// Runs reads that see one state of the store.
    func read<R: Sendable>(
        _ body: (any StoreReader) throws(StoreError) -> R
    ) async throws(StoreError) -> R

    /// Runs one transaction. Either all of its writes are durable when this returns, or it throws
    /// and none is done. No other transaction runs meanwhile on what it touches.
    func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R
}

/// The reads of a store.
public protocol StoreReader {
    /// The vault whose records these are; nil in a store that was never initialized.
    func vault() throws(StoreError) -> VaultID?
    /// The pin; nil before the first.
    func pin() throws(StoreError) -> Pin?
    /// Whether any card is sealed by another key than these.
    func hasCards(besides keys: Set<KeyNumber>) throws(StoreError) -> Bool
    /// The epoch of a key set; nil when there is no such set.
    func epoch(of scope: ScopeID?) throws(StoreError) -> UInt64?
    /// A key set with its keys by their numbers; nil when there is none. What does not decode is
    /// left out: the code of the set is not right then.
    func keySet(of scope: ScopeID?) throws(StoreError) -> KeySet?
    /// The record of a token; nil when there is none.
    func card(_ token: Token) throws(StoreError) -> CardRecord?
    /// The scopes that have a key set, in any order; nil for the vault's own. A set under a name
    /// that is none is no scope's.
    func keySetScopes() throws(StoreError) -> [ScopeID?]
    /// How many records of a kind were made with a key.
    func count(_ kind: KeyedRecord, of key: KeyNumber) throws(StoreError) -> Int
    /// Whether any record of a kind was made with a key: one look at an index, but for entries of
    /// the audit log, which have none.
    func hasAny(_ kind: KeyedRecord, of key: KeyNumber) throws(StoreError) -> Bool
    /// Every seal key that a row of the store names: key sets, pin, audit head and registers. A
    /// row that names none needs none.
    func sealKeysInUse() throws(StoreError) -> Set<KeyID>
    /// Cards in the order in which they lie, which is that of their stored tokens' bytes, with
    /// their search rows.
    ///
    /// - Parameters:
    ///   - place: only cards after this one; empty for the first.
    ///   - keys: only cards of these keys; nil for all.
    ///   - limit: how many at most. Fewer come only at the end.
    func cards(
        after place: [UInt8], of keys: Set<KeyNumber>?, limit: Int
    ) throws(StoreError) -> [WalkedCard]
    /// The card at a place, as a walk finds it; nil when there is none.
    func card(at place: [UInt8]) throws(StoreError) -> WalkedCard?
    /// The tokens that have search rows of a key and none of another key: a look at an index for
    /// each row of the first.
    ///
    /// - Parameter limit: how many tokens are told at most. All are counted, each once.
    func searchRows(
        of key: KeyNumber, lacking other: KeyNumber, limit: Int
    ) throws(StoreError) -> LaggingRows
    /// The rows of a register, in the order of their keys. One that names no seal key comes with
    /// one that is no key's, and is not authentic.
    func rows(of register: Register) throws(StoreError) -> [RegisterRow]
    /// The row of a register with this key; nil when there is none.
    func row(of register: Register, key: [UInt8]) throws(StoreError) -> RegisterRow?
    /// The token of a fingerprint; nil when there is none.
    func token(of fingerprint: FingerprintRecord) throws(StoreError) -> Token?
    /// A hold; nil when there is none.
    func hold(_ id: HoldID) throws(StoreError) -> HoldRecord?
    /// Every hold, the oldest first.
    func holds() throws(StoreError) -> [HoldRecord]
    /// The end of the audit chain; nil before it is begun.
    func auditHead() throws(StoreError) -> AuditHead?
    /// Entries of the audit log in their order, at most `limit` of them.
    func auditEntries(
        from sequence: UInt64, limit: Int
    ) throws(StoreError) -> [StoredAuditEntry]
}

/// The reads and writes of one transaction.
public protocol StoreTransaction: StoreReader {
    /// Makes this an empty store of `vault`: whatever was in it is gone.
    func reset(for vault: VaultID) throws(StoreError)
    /// Writes the pin over the one before.
    func put(_ pin: Pin) throws(StoreError)
    /// Writes a key set and its keys over the set of that scope before, all of whose keys it still
    /// has.
    func put(_ keySet: KeySet) throws(StoreError)
    /// The next number that no key of the store has, nor any record names.
    func nextKeyNumber() throws(StoreError) -> KeyNumber
    /// Stores cards, each only when none of its fingerprints and not its token is there already; in
    /// this order of questions. Of several with the same fingerprints, the first that can be is
    /// stored and the later find it; of several with the same token, one is stored. One outcome a
    /// card, in order.
    func insert(_ cards: [NewCard]) throws(StoreError) -> [InsertOutcome]
    /// Writes a card over the one of its token, if that is still `old`; tells whether it was.
    func replace(_ old: CardRecord, with new: CardRecord) throws(StoreError) -> Bool
    /// Writes new boxes over old ones, each only where the card still has the old one under the old
    /// key: every other column stays. Tells of each whether it was, in order.
    func reseal(_ boxes: [NewBox]) throws(StoreError) -> [Bool]
    /// Adds search rows of stored cards. Of each, in order: the token that has such a row by now,
    /// which is another card's where it was there before; nil where that row names no token.
    func index(_ rows: [IndexRow]) throws(StoreError) -> [Token?]
    /// Writes a search row, whatever it pointed at before.
    func put(_ row: IndexRow) throws(StoreError)
    /// Removes a search row if it is this token's; tells whether it was.
    func delete(_ row: IndexRow) throws(StoreError) -> Bool
    /// Removes search rows that a key made, at most `limit` of them; tells how many.
    func deleteFingerprints(of key: KeyNumber, limit: Int) throws(StoreError) -> Int
    /// Writes a row of a register over the one of its key before.
    func put(_ row: RegisterRow) throws(StoreError)
    /// Removes a row of a register; tells whether there was one.
    func delete(_ register: Register, key: [UInt8]) throws(StoreError) -> Bool
    /// Removes a card and every fingerprint of its token; tells whether there was a card.
    func delete(_ token: Token) throws(StoreError) -> Bool
    /// Removes the card at a place, which may be no token, and every search row that names it;
    /// tells whether there was a card.
    func deleteCard(at place: [UInt8]) throws(StoreError) -> Bool
    /// Stores a hold. Its id is no other's.
    func insert(_ hold: HoldRecord) throws(StoreError)
    /// Removes a hold; tells whether there was one.
    func delete(_ id: HoldID) throws(StoreError) -> Bool
    /// Removes cards, with their fingerprints, and holds that have expired at `moment`: the oldest
    /// first, at most `limit` of each.
    func sweep(at moment: Timestamp, limit: Int) throws(StoreError) -> SweptRecords
    /// Stores an entry of the audit log. Its place is no other's.
    func append(_ entry: StoredAuditEntry) throws(StoreError)
    /// Writes the end of the audit chain over the one before.
    func put(_ head: AuditHead) throws(StoreError)
    /// Removes the entries of the audit log up to and with a place.
    func deleteAuditEntries(through sequence: UInt64) throws(StoreError)
}

/// What was removed because its time was over.
public struct SweptRecords: Hashable, Sendable {
    /// The tokens of the cards.
    public let tokens: [Token]
    /// The holds.
    public let holds: [HoldID]

    /// Joins both.
    public init(tokens: [Token], holds: [HoldID]) {
        self.tokens = tokens
        self.holds = holds
    }
}

/// A card to be stored, with its search rows.
public struct NewCard: Hashable, Sendable {
    /// The sealed card.
    public let record: CardRecord
    /// Its search rows: one for each fingerprint key in use.
    public let fingerprints: [FingerprintRecord]

    /// Joins a card and its search rows.
    public init(record: CardRecord, fingerprints: [FingerprintRecord]) {
        self.record = record
        self.fingerprints = fingerprints
    }
}

/// What became of a card to be stored.
public enum InsertOutcome: Hashable, Sendable {
    /// It was stored.
    case inserted
    /// One of its fingerprints is there and belongs to this token, whose record is nil when it is
    /// not there or not readable. Nothing was stored.
    case exists(Token, CardRecord?)
    /// Its token is another card's. Nothing was stored.
    case tokenTaken
}

extension StoreReader {
    /// Whether any card is stored.
    func hasCards() throws(StoreError) -> Bool { try hasCards(besides: []) }
}
