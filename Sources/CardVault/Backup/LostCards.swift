// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// The cards of one store that are gone in another: it has them not, or their end there is over and
/// was put off since. In the order in which they lie.
struct LostCards: Hashable, Sendable {
    /// When it is asked what is over.
    let moment: Timestamp
    /// How many.
    private(set) var count = 0
    /// Which: a chain of checksums over their tokens.
    private var checksum: Checksum?

    init(at moment: Timestamp) { self.moment = moment }

    /// Adds those cards of a page that are gone in a store.
    mutating func add(_ page: [WalkedCard], missingIn other: any StoreReader) throws(StoreError) {
        for card in page {
            guard Token(stored: card.place.span) != nil,
                isLost(card, try other.card(at: card.place))
            else { continue }
            count += 1
            var pieces = [card.place, checksum.map { Array($0.description.utf8) } ?? []]
            checksum = Checksum { () in pieces.popLast() }
        }
    }

    private func isLost(_ card: WalkedCard, _ there: WalkedCard?) -> Bool {
        guard let there else { return true }
        guard let record = card.record else { return false }
        guard let there = there.record else { return true }
        return there.facts.isExpired(at: moment) && !record.facts.isExpired(at: moment)
    }

    /// The cards of a store that are gone in another.
    static func all(
        of store: any StoreReader, missingIn other: any StoreReader, at moment: Timestamp
    ) throws(StoreError) -> LostCards {
        var (lost, place): (LostCards, [UInt8]) = (LostCards(at: moment), [])
        while true {
            let page = try store.cards(after: place, of: nil, limit: ResealWalk.pageCount)
            try lost.add(page, missingIn: other)
            guard let last = page.last else { return lost }
            place = last.place
        }
    }
}

extension VaultStore {
    /// The cards that are gone in another store.
    func cards(
        missingIn other: any VaultStore, at moment: Timestamp
    ) async throws(StoreError) -> LostCards {
        var (lost, place): (LostCards, [UInt8]) = (LostCards(at: moment), [])
        while true {
            let (before, from) = (lost, place)
            let page = try await read { reader throws(StoreError) in
                try reader.cards(after: from, of: nil, limit: ResealWalk.pageCount)
            }
            guard let last = page.last else { return lost }
            place = last.place
            lost = try await other.read { reader throws(StoreError) in
                var lost = before
                try lost.add(page, missingIn: reader)
                return lost
            }
        }
    }
}
