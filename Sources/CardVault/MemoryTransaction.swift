// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// Works on the state in place and remembers how to take back what it did.
final class MemoryTransaction: StoreTransaction {
    private(set) var state: MemoryState
    private var undo: [(inout MemoryState) -> Void] = []

    init(_ state: consuming MemoryState) { self.state = state }

    func rollBack() {
        for step in undo.reversed() { step(&state) }
        undo = []
    }

    func vault() -> VaultID? { state.vault }
    func pin() -> Pin? { state.pin }
    func hasCards(besides keys: Set<KeyNumber>) -> Bool {
        state.cards.values.contains { !keys.contains($0.key) }
    }
    func epoch(of scope: ScopeID?) -> UInt64? { state.keySets[scope]?.epoch }
    func keySet(of scope: ScopeID?) -> KeySet? { state.keySets[scope] }
    func card(_ token: Token) -> CardRecord? { state.cards[token] }
    func token(of fingerprint: FingerprintRecord) -> Token? { state.tokens[fingerprint] }
    func hold(_ id: HoldID) -> HoldRecord? { state.holds[id] }
    func holds() -> [HoldRecord] {
        state.holds.values.sorted {
            ($0.facts.created, $0.id.description) < ($1.facts.created, $1.id.description)
        }
    }
    func auditHead() -> AuditHead? { state.auditHead }
    func auditEntries(from sequence: UInt64, limit: Int) -> [StoredAuditEntry] {
        // Places have no gaps, unless somebody made one.
        state.auditEntries.keys.filter { $0 >= sequence }.sorted().prefix(limit).compactMap {
            place in
            state.auditEntries[place].map { StoredAuditEntry(sequence: place, bytes: $0) }
        }
    }

    func reset(for vault: VaultID) {
        let before = exchange(&state, with: MemoryState(vault: vault))
        undo.append { $0 = before }
    }

    func put(_ pin: Pin) { set(\.pin, to: pin) }
    func put(_ keySet: KeySet) {
        noteUse(of: keySet.keys.map(\.number))
        set(\.keySets[keySet.scope], to: keySet)
    }

    func nextKeyNumber() -> KeyNumber {
        set(\.lastKeyNumber, to: state.lastKeyNumber + 1)
        return KeyNumber(rawValue: state.lastKeyNumber)
    }

    func insert(_ cards: [NewCard]) -> [InsertOutcome] { cards.map(insert) }

    private func insert(_ card: NewCard) -> InsertOutcome {
        let token = card.record.token
        for fingerprint in card.fingerprints {
            if let token = state.tokens[fingerprint] { return .exists(token, state.cards[token]) }
        }
        guard state.cards[token] == nil else { return .tokenTaken }
        noteUse(of: [card.record.key] + card.fingerprints.map(\.key))
        set(\.cards[token], to: card.record)
        set(\.fingerprints[token], to: Set(card.fingerprints))
        for fingerprint in card.fingerprints { set(\.tokens[fingerprint], to: token) }
        return .inserted
    }

    func delete(_ token: Token) -> Bool {
        let isThere = state.cards[token] != nil
        for fingerprint in state.fingerprints[token] ?? [] { set(\.tokens[fingerprint], to: nil) }
        set(\.fingerprints[token], to: nil)
        set(\.cards[token], to: nil)
        return isThere
    }

    func deleteCard(at place: [UInt8]) -> Bool {
        Token(stored: place.span).map { delete($0) } ?? false
    }

    func replace(_ old: CardRecord, with new: CardRecord) -> Bool {
        guard state.cards[old.token] == old else { return false }
        noteUse(of: [new.key])
        set(\.cards[old.token], to: new)
        return true
    }

    func insert(_ hold: HoldRecord) throws(StoreError) {
        guard state.holds[hold.id] == nil else { throw StoreError(.failed) }
        noteUse(of: [hold.key])
        set(\.holds[hold.id], to: hold)
    }

    func delete(_ id: HoldID) -> Bool {
        let isThere = state.holds[id] != nil
        set(\.holds[id], to: nil)
        return isThere
    }

    func sweep(at moment: Timestamp, limit: Int) -> SweptRecords {
        let cards = state.cards.values.filter { $0.facts.isExpired(at: moment) }
            .sorted { ($0.end, $0.token) < ($1.end, $1.token) }.prefix(limit)
        let holds = state.holds.values.filter { $0.facts.expires <= moment }
            .sorted { $0.facts.expires < $1.facts.expires }.prefix(limit)
        for card in cards { _ = delete(card.token) }
        for hold in holds { _ = delete(hold.id) }
        return SweptRecords(tokens: cards.map(\.token), holds: holds.map(\.id))
    }

    func append(_ entry: StoredAuditEntry) throws(StoreError) {
        guard state.auditEntries[entry.sequence] == nil else { throw StoreError(.failed) }
        set(\.auditEntries[entry.sequence], to: entry.bytes)
    }

    func put(_ head: AuditHead) { set(\.auditHead, to: head) }

    func deleteAuditEntries(through sequence: UInt64) {
        for place in state.auditEntries.keys where place <= sequence {
            set(\.auditEntries[place], to: nil)
        }
    }

    /// Numbers that a record names are never given again.
    func noteUse(of numbers: [KeyNumber]) {
        let greatest = numbers.map(\.rawValue).max() ?? 0
        if greatest > state.lastKeyNumber { set(\.lastKeyNumber, to: greatest) }
    }

    func set<Value>(_ place: WritableKeyPath<MemoryState, Value>, to value: Value) {
        let before = exchange(&state[keyPath: place], with: value)
        undo.append { $0[keyPath: place] = before }
    }
}

extension CardRecord {
    /// When it ends, in milliseconds; the end of time for one that does not.
    fileprivate var end: UInt64 { facts.expires?.milliseconds ?? .max }
}
