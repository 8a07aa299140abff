// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// A page of a reseal on its way into the store, with the place where the walk stands after it.
struct ResealPage: Sendable {
    enum Outcome: Sendable {
        /// It was written, all of it or but for cards that were changed since they were read: then
        /// the place stays, and the page is read again.
        case written(ResealPosition, isWhole: Bool)
        /// A scope has later keys by now; nothing is written.
        case stale
    }

    private let page: [CardRenewal]
    private let position: ResealPosition
    private let key: [UInt8]
    private let vault: VaultID
    /// Whether the page is taken out of its turn: then the walk stays where it is.
    private let isUrgent: Bool
    /// The epochs that the renewals were made under.
    private let epochs: [(scope: ScopeID, epoch: UInt64)]
    /// The keys of the scopes, by the numbers of their live fingerprint keys.
    private var keys: [KeyNumber: ScopeKeys] = [:]

    init(
        _ page: [CardRenewal], _ position: ResealPosition, _ key: [UInt8], _ walk: ResealWalk,
        _ vault: VaultID, isUrgent: Bool = false
    ) {
        self.page = page
        self.position = position
        self.key = key
        self.vault = vault
        self.isUrgent = isUrgent
        let scopes = Set(page.keyNumbers.compactMap(walk.owner))
        epochs = scopes.compactMap { scope in walk.keys[scope].map { (scope, $0.epoch) } }
        for scopeKeys in scopes.compactMap({ walk.keys[$0] }) {
            for key in scopeKeys.fingerprintKeys { keys[key.row.number] = scopeKeys }
        }
    }

    func write(
        in transaction: any StoreTransaction, _ pen: AuditPen
    ) throws(StoreError) -> Outcome {
        try pen.requireLatest()
        for (scope, epoch) in epochs where try transaction.epoch(of: scope) != epoch {
            return .stale
        }
        var position = position
        let isWhole = try write(in: transaction, noting: &position.progress)
        if isWhole && !isUrgent {
            position.place = page.last?.card.place ?? position.place
            position.note(page)
        }
        try transaction.put(
            RegisterRow(
                .jobs, key: key, content: position.content, in: vault,
                sealedBy: pen.sealKey.key))
        return .written(position, isWhole: isWhole)
    }

    /// Writes what is still as it was read; tells whether all was.
    private func write(
        in transaction: any StoreTransaction, noting progress: inout ResealProgress
    ) throws(StoreError) -> Bool {
        var answers = try transaction.reseal(page.compactMap(\.box))[...]
        var isWhole = true
        var missing: [IndexRow] = []
        for renewal in page where renewal.isNeeded {
            if renewal.box != nil {
                guard answers.popFirst() == true else {
                    isWhole = false
                    continue
                }
                progress.resealedCount += 1
            } else {
                guard let record = renewal.card.record,
                    try transaction.card(record.token) == record
                else {
                    isWhole = false
                    continue
                }
            }
            for row in renewal.wrong where try transaction.delete(row) {
                progress.note(changed: row.token)
            }
            missing += renewal.missing
        }
        for (row, token) in zip(missing, try transaction.index(missing)) {
            if row.token == token {
                progress.indexedCount += 1
            } else if let token, try isFound(token, by: row.fingerprint, in: transaction) {
                progress.duplicateCount += 1
                try giveUp(row, for: token, in: transaction)
            } else {
                // It pointed at no card, or at one that it was not made of.
                try transaction.put(row)
                progress.indexedCount += 1
                progress.note(changed: row.token)
            }
        }
        return isWhole
    }

    /// Whether a search row is that of the card it points at.
    private func isFound(
        _ token: Token, by row: FingerprintRecord, in transaction: any StoreTransaction
    ) throws(StoreError) -> Bool {
        guard let record = try transaction.card(at: token.stored)?.record else { return false }
        return keys[row.key]?.isFound(record, by: row) ?? false
    }

    /// Of two tokens of one card, the one that the latest key finds is found by all keys: else the
    /// older ones could not end.
    private func giveUp(
        _ row: IndexRow, for token: Token, in transaction: any StoreTransaction
    ) throws(StoreError) {
        guard let keys = keys[row.fingerprint.key], keys.isLatest(row.fingerprint.key) else {
            return
        }
        let others = try transaction.card(at: row.token.stored)?.fingerprints ?? []
        for other in others where keys.isLive(other.key) && !keys.isLatest(other.key) {
            try transaction.put(IndexRow(other, of: token))
        }
    }
}

extension ResealPosition {
    /// Notes that a page was walked.
    mutating func note(_ page: [CardRenewal]) {
        progress.walkedCount += page.count
        for renewal in page {
            if renewal.isUnreadable {
                let card = renewal.card
                progress.note(unreadable: .init(place: card.place, key: card.key))
            }
            guard let token = renewal.card.record?.token else { continue }
            // They are found by nothing and stay; a card that is deleted takes them along.
            for _ in 0..<renewal.card.damagedRowCount { progress.note(changed: token) }
        }
    }

    /// Notes what would be written of a page, and goes on after it.
    mutating func rehearse(_ page: [CardRenewal]) {
        note(page)
        place = page.last?.card.place ?? place
        for renewal in page {
            if renewal.box != nil { progress.resealedCount += 1 }
            progress.indexedCount += renewal.missing.count
            for row in renewal.wrong { progress.note(changed: row.token) }
        }
    }
}
