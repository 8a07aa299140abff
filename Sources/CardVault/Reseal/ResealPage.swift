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
            } else if try transaction.reclaim(row, from: token) {
                progress.indexedCount += 1
                progress.note(changed: row.token)
            } else {
                progress.duplicateCount += 1
            }
        }
        return isWhole
    }
}

extension StoreTransaction {
    /// Gives a search row to its card where it points at none; tells whether it did.
    fileprivate func reclaim(_ row: IndexRow, from token: Token) throws(StoreError) -> Bool {
        guard try card(token) == nil else { return false }
        _ = try delete(IndexRow(row.fingerprint, of: token))
        return try index([row]) == [row.token]
    }
}

extension ResealPosition {
    /// Notes that a page was walked.
    mutating func note(_ page: [CardRenewal]) {
        progress.walkedCount += page.count
        for renewal in page {
            if renewal.isUnreadable { progress.note(unreadable: renewal.card) }
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
