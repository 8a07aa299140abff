// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
internal import CardKeys
internal import ConstantTime

/// What is to be written of a stored card, so that it lies under the latest keys.
struct CardRenewal: Sendable {
    /// What was read.
    let card: WalkedCard
    /// Whether the card does not open: it is left as it is.
    var isUnreadable = false
    /// The card sealed under the latest key; nil where it is already.
    var box: NewBox?
    /// Search rows that the card should have and does not.
    var missing: [IndexRow] = []
    /// Search rows of live keys that the card has and should not.
    var wrong: [IndexRow] = []

    /// Whether anything is to be written.
    var isNeeded: Bool { box != nil || !missing.isEmpty || !wrong.isEmpty }
}

extension [CardRenewal] {
    /// The keys that the cards lie under, those of neighbours once.
    var keyNumbers: [KeyNumber] {
        var numbers: [KeyNumber] = []
        for index in indices where self[index].card.key != numbers.last {
            numbers.append(self[index].card.key)
        }
        return numbers
    }
}

extension ScopeKeys {
    /// The numbers of data keys that somebody else may hold.
    var compromised: [KeyNumber] {
        dataKeys.values.filter { $0.row.key.state == .compromised }.map(\.row.number)
    }

    /// The numbers of the keys that new records are made under: what a renewal aims at.
    var target: [KeyNumber] {
        [sealing?.row.number].compactMap(\.self) + fingerprintKeys.map(\.row.number)
    }

    /// Opens a card and says what is to be written of it. A new box is opened again, and what it
    /// holds compared, before it may take the place of the old one.
    ///
    /// - Throws: `noSealingKey`, `keyExpired`; `integrity` when a new box does not hold the card.
    func renewal(of card: WalkedCard, at moment: Timestamp) throws(VaultError) -> CardRenewal {
        var renewal = CardRenewal(card: card)
        guard let record = card.record, let old = dataKeys[record.key] else {
            renewal.isUnreadable = true
            return renewal
        }
        let (token, binding) = (record.token, binding(record.token, record.facts))
        guard let pan = try? opened(record.box, of: token, as: binding, under: old) else {
            renewal.isUnreadable = true
            return renewal
        }
        let sealing = try sealingKey(at: moment)
        let rows = pan.withPacked { searchRows(of: $0, format: record.facts.format) }
        for row in rows where !card.fingerprints.contains(row) {
            renewal.missing.append(IndexRow(row, of: token))
        }
        for row in card.fingerprints where isLive(row.key) && !rows.contains(row) {
            renewal.wrong.append(IndexRow(row, of: token))
        }
        guard old !== sealing else { return renewal }
        let box = pan.withPacked { self.box(of: $0, as: binding, under: sealing) }
        let check = try opened(box, of: token, as: binding, under: sealing)
        let isSame = pan.withPacked { a in check.withPacked { b in equal(a, b) } }
        // Public: a box that holds another card is thrown away.
        guard isSame.declassify() else {
            throw VaultError(.integrity, subject: token.description)
        }
        renewal.box = NewBox(over: record, key: sealing.row.number, box: box)
        return renewal
    }

    /// Whether a card opens, and a search row is one of its own.
    func isFound(_ record: CardRecord, by row: FingerprintRecord) -> Bool {
        guard let pan = try? opened(record) else { return false }
        let rows = pan.withPacked { searchRows(of: $0, format: record.facts.format) }
        return rows.contains(row)
    }

    /// Whether cards are found by a fingerprint key of the scope.
    func isLive(_ number: KeyNumber) -> Bool {
        fingerprintKeys.contains { $0.row.number == number }
    }

    /// Whether a fingerprint key has no successor.
    func isLatest(_ number: KeyNumber) -> Bool { fingerprintKeys.last?.row.number == number }
}
