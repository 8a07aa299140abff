// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
@testable internal import CardVault

/// What a process does to the store in one transaction, or reads of it.
final class SimTransaction: StoreTransaction {
    private let base: any StoreTransaction
    private let process: SimProcess
    private let isReading: Bool

    init(_ base: MemoryTransaction, _ process: SimProcess, isReading: Bool) {
        self.base = base
        self.process = process
        self.isReading = isReading
    }

    func epoch(of scope: ScopeID?) throws(StoreError) -> UInt64? {
        let mistaken = isReading ? nil : process.mistakenEpoch(of: scope)
        let epoch = try base.epoch(of: scope)
        return mistaken ?? epoch
    }

    func keySet(of scope: ScopeID?) throws(StoreError) -> KeySet? {
        let set = try base.keySet(of: scope)
        if isReading { process.note(set?.epoch, of: scope) }
        return set
    }

    func vault() throws(StoreError) -> VaultID? { try base.vault() }
    func pin() throws(StoreError) -> Pin? { try base.pin() }
    func hasCards(besides keys: Set<KeyNumber>) throws(StoreError) -> Bool {
        try base.hasCards(besides: keys)
    }
    func card(_ token: Token) throws(StoreError) -> CardRecord? { try base.card(token) }
    func keySetScopes() throws(StoreError) -> [ScopeID?] { try base.keySetScopes() }
    func count(_ kind: KeyedRecord, of key: KeyNumber) throws(StoreError) -> Int {
        try base.count(kind, of: key)
    }
    func hasAny(_ kind: KeyedRecord, of key: KeyNumber) throws(StoreError) -> Bool {
        try base.hasAny(kind, of: key)
    }
    func sealKeysInUse() throws(StoreError) -> Set<KeyID> { try base.sealKeysInUse() }
    func cards(
        after place: [UInt8], of keys: Set<KeyNumber>?, limit: Int
    ) throws(StoreError) -> [WalkedCard] {
        try base.cards(after: place, of: keys, limit: limit)
    }
    func card(at place: [UInt8]) throws(StoreError) -> WalkedCard? { try base.card(at: place) }
    func searchRows(
        of key: KeyNumber, lacking other: KeyNumber, limit: Int
    ) throws(StoreError) -> LaggingRows {
        try base.searchRows(of: key, lacking: other, limit: limit)
    }
    func rows(of register: Register) throws(StoreError) -> [RegisterRow] {
        try base.rows(of: register)
    }
    func row(of register: Register, key: [UInt8]) throws(StoreError) -> RegisterRow? {
        try base.row(of: register, key: key)
    }
    func token(of fingerprint: FingerprintRecord) throws(StoreError) -> Token? {
        try base.token(of: fingerprint)
    }
    func hold(_ id: HoldID) throws(StoreError) -> HoldRecord? { try base.hold(id) }
    func holds() throws(StoreError) -> [HoldRecord] { try base.holds() }
    func auditHead() throws(StoreError) -> AuditHead? { try base.auditHead() }
    func auditEntries(
        from sequence: UInt64, limit: Int
    ) throws(StoreError) -> [StoredAuditEntry] {
        try base.auditEntries(from: sequence, limit: limit)
    }

    func reset(for vault: VaultID) throws(StoreError) { try base.reset(for: vault) }
    func put(_ pin: Pin) throws(StoreError) { try base.put(pin) }
    func put(_ keySet: KeySet) throws(StoreError) { try base.put(keySet) }
    func nextKeyNumber() throws(StoreError) -> KeyNumber { try base.nextKeyNumber() }
    func insert(_ cards: [NewCard]) throws(StoreError) -> [InsertOutcome] {
        try base.insert(cards)
    }
    func replace(_ old: CardRecord, with new: CardRecord) throws(StoreError) -> Bool {
        try base.replace(old, with: new)
    }
    func reseal(_ boxes: [NewBox]) throws(StoreError) -> [Bool] { try base.reseal(boxes) }
    func index(_ rows: [IndexRow]) throws(StoreError) -> [Token?] { try base.index(rows) }
    func put(_ row: IndexRow) throws(StoreError) { try base.put(row) }
    func delete(_ row: IndexRow) throws(StoreError) -> Bool { try base.delete(row) }
    func deleteFingerprints(of key: KeyNumber, limit: Int) throws(StoreError) -> Int {
        try base.deleteFingerprints(of: key, limit: limit)
    }
    func put(_ row: RegisterRow) throws(StoreError) { try base.put(row) }
    func delete(_ register: Register, key: [UInt8]) throws(StoreError) -> Bool {
        try base.delete(register, key: key)
    }
    func delete(_ token: Token) throws(StoreError) -> Bool { try base.delete(token) }
    func deleteCard(at place: [UInt8]) throws(StoreError) -> Bool {
        try base.deleteCard(at: place)
    }
    func insert(_ hold: HoldRecord) throws(StoreError) { try base.insert(hold) }
    func delete(_ id: HoldID) throws(StoreError) -> Bool { try base.delete(id) }
    func sweep(at moment: Timestamp, limit: Int) throws(StoreError) -> SweptRecords {
        try base.sweep(at: moment, limit: limit)
    }
    func append(_ entry: StoredAuditEntry) throws(StoreError) { try base.append(entry) }
    func put(_ head: AuditHead) throws(StoreError) { try base.put(head) }
    func deleteAuditEntries(through sequence: UInt64) throws(StoreError) {
        try base.deleteAuditEntries(through: sequence)
    }
}
