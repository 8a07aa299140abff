// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto

/// The cards of one store that another has not, in the order in which they lie.
struct LostCards: Hashable, Sendable {
    /// How many.
    private(set) var count = 0
    /// Which: a chain of checksums over their tokens.
    private var checksum: Checksum?

    /// Adds those cards of a page that a store has not.
    mutating func add(_ page: [WalkedCard], missingIn other: any StoreReader) throws(StoreError) {
        for card in page {
            guard let token = Token(stored: card.place.span), try other.card(token) == nil else {
                continue
            }
            count += 1
            var pieces = [card.place, checksum.map { Array($0.description.utf8) } ?? []]
            checksum = Checksum { () in pieces.popLast() }
        }
    }

    /// The cards of a store that another has not.
    static func all(
        of store: any StoreReader, missingIn other: any StoreReader
    ) throws(StoreError) -> LostCards {
        var (lost, place): (LostCards, [UInt8]) = (LostCards(), [])
        while true {
            let page = try store.cards(after: place, of: nil, limit: ResealWalk.pageCount)
            try lost.add(page, missingIn: other)
            guard let last = page.last else { return lost }
            place = last.place
        }
    }
}

extension VaultStore {
    /// The cards that another store has not.
    func cards(missingIn other: any VaultStore) async throws(StoreError) -> LostCards {
        var (lost, place): (LostCards, [UInt8]) = (LostCards(), [])
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
