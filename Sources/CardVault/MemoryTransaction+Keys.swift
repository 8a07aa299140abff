// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// Which records need which keys.
extension MemoryTransaction {
    func keySetScopes() -> [ScopeID?] { Array(state.keySets.keys) }

    func count(_ kind: KeyedRecord, of key: KeyNumber) -> Int {
        switch kind {
        case .card: state.cards.values.count { $0.key == key }
        case .fingerprint: state.tokens.keys.count { $0.key == key }
        case .hold: state.holds.values.count { $0.key == key }
        case .auditEntry: state.auditEntries.values.count { AuditEntry.key(ofStored: $0) == key }
        }
    }

    func hasAny(_ kind: KeyedRecord, of key: KeyNumber) -> Bool { count(kind, of: key) > 0 }

    func sealKeysInUse() -> Set<KeyID> {
        var keys = Set(state.keySets.values.map(\.sealKey))
        if let pin = state.pin { keys.insert(pin.sealKey) }
        if let head = state.auditHead { keys.insert(head.sealKey) }
        return keys.union(state.registers.values.map(\.sealKey))
    }
}

extension AuditEntry {
    /// The number of the key of an entry, which may not be one.
    fileprivate static func key(ofStored bytes: [UInt8]) -> KeyNumber? {
        guard bytes.count >= 18 else { return nil }
        return KeyNumber(rawValue: Int64(bitPattern: BigEndian.word(bytes.span, at: 10)))
    }
}
