// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto

/// What jobs over all cards read and write.
extension MemoryTransaction {
    func cards(
        after place: [UInt8], of keys: Set<KeyNumber>?, limit: Int
    ) -> [WalkedCard] {
        state.cards.values.lazy
            .filter { keys?.contains($0.key) ?? true }
            .map { (place: $0.token.stored, record: $0) }
            .filter { place.lexicographicallyPrecedes($0.place) }
            .sorted { $0.record.token < $1.record.token }
            .prefix(limit)
            .map { walked($0.record) }
    }

    private func walked(_ record: CardRecord) -> WalkedCard {
        WalkedCard(
            place: record.token.stored, key: record.key, record: record,
            fingerprints: (state.fingerprints[record.token] ?? []).sorted())
    }

    func card(at place: [UInt8]) -> WalkedCard? {
        Token(stored: place.span).flatMap { state.cards[$0] }.map(walked)
    }

    func searchRows(
        of key: KeyNumber, lacking other: KeyNumber, limit: Int
    ) -> LaggingRows {
        let lagging = state.tokens.filter { row, token in
            row.key == key
                && !(state.fingerprints[token] ?? []).contains { $0.key == other }
        }
        let tokens = Set(lagging.values)
        return LaggingRows(count: tokens.count, places: tokens.prefix(limit).map(\.stored))
    }

    func reseal(_ boxes: [NewBox]) -> [Bool] {
        boxes.map { box in
            guard let old = state.cards[box.token], old.key == box.oldKey, old.box == box.oldBox
            else { return false }
            noteUse(of: [box.key])
            set(
                \.cards[box.token],
                to: CardRecord(token: box.token, key: box.key, box: box.box, facts: old.facts))
            return true
        }
    }

    func index(_ rows: [IndexRow]) -> [Token?] {
        rows.map { row in
            if let token = state.tokens[row.fingerprint] { return token }
            put(row)
            return row.token
        }
    }

    func put(_ row: IndexRow) {
        if let token = state.tokens[row.fingerprint] {
            _ = delete(IndexRow(row.fingerprint, of: token))
        }
        noteUse(of: [row.fingerprint.key])
        set(\.tokens[row.fingerprint], to: row.token)
        set(
            \.fingerprints[row.token],
            to: (state.fingerprints[row.token] ?? []).union([row.fingerprint]))
    }

    func delete(_ row: IndexRow) -> Bool {
        guard state.tokens[row.fingerprint] == row.token else { return false }
        set(\.tokens[row.fingerprint], to: nil)
        set(
            \.fingerprints[row.token],
            to: state.fingerprints[row.token]?.subtracting([row.fingerprint]))
        return true
    }

    func deleteFingerprints(of key: KeyNumber, limit: Int) -> Int {
        let rows = state.tokens.filter { $0.key.key == key }.prefix(limit)
        return rows.count { delete(IndexRow($0.key, of: $0.value)) }
    }

    func rows(of register: Register) -> [RegisterRow] {
        state.registers.values.filter { $0.register == register }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    func row(of register: Register, key: [UInt8]) -> RegisterRow? {
        state.registers[RegisterPlace(register: register, key: key)]
    }

    func put(_ row: RegisterRow) {
        set(\.registers[RegisterPlace(register: row.register, key: row.key)], to: row)
    }

    func delete(_ register: Register, key: [UInt8]) -> Bool {
        let isThere = row(of: register, key: key) != nil
        set(\.registers[RegisterPlace(register: register, key: key)], to: nil)
        return isThere
    }
}
