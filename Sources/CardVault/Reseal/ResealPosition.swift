// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// Where a walk stands, as the register of jobs keeps it: written in the transaction of the work
/// that it tells of.
struct ResealPosition: Sendable {
    /// What the walk aims at: a code over the latest keys of its scopes.
    let target: [UInt8]
    /// The stored token of the last card that was walked; empty before the first.
    var place: [UInt8] = []
    var progress = ResealProgress()

    init(target: [UInt8]) { self.target = target }

    /// The row's content: `frame(target, place, counts…, unreadable, changed)`.
    var content: [UInt8] {
        var frame = Frame(capacity: 256)
        frame.append(target)
        frame.append(place)
        for count in counts { frame.append(UInt64(count)) }
        var unreadable = Frame(capacity: 32 * progress.unreadable.count)
        for card in progress.unreadable {
            unreadable.append(card.place)
            unreadable.append(UInt64(bitPattern: card.key.rawValue))
        }
        frame.append(unreadable.bytes)
        var changed = Frame(capacity: 24 * progress.changed.count)
        for token in progress.changed { changed.append(token.stored) }
        frame.append(changed.bytes)
        return frame.bytes
    }

    private var counts: [Int] {
        [
            progress.totalCount, progress.walkedCount, progress.resealedCount,
            progress.indexedCount, progress.unreadableCount, progress.changedCount,
            progress.duplicateCount,
        ]
    }

    /// Reads what ``content`` gave; nil for anything else.
    init?(content: [UInt8]) {
        var reader = FrameReader(content[...])
        guard let target = reader.field(), let place = reader.field() else { return nil }
        self.init(target: Array(target))
        self.place = Array(place)
        var counts: [Int] = []
        for _ in 0..<7 {
            guard let count = reader.integer() else { return nil }
            counts.append(Int(truncatingIfNeeded: count))
        }
        progress.totalCount = counts[0]
        progress.walkedCount = counts[1]
        progress.resealedCount = counts[2]
        progress.indexedCount = counts[3]
        progress.unreadableCount = counts[4]
        progress.changedCount = counts[5]
        progress.duplicateCount = counts[6]
        guard let unreadable = reader.field(), let changed = reader.field(), reader.isAtEnd else {
            return nil
        }
        var cards = FrameReader(unreadable)
        while !cards.isAtEnd {
            guard let place = cards.field(), let key = cards.integer() else { return nil }
            progress.unreadable.append(
                .init(place: Array(place), key: KeyNumber(rawValue: Int64(bitPattern: key))))
        }
        var tokens = FrameReader(changed)
        while !tokens.isAtEnd {
            guard let token = tokens.field().flatMap({ Token(stored: Array($0).span) }) else {
                return nil
            }
            progress.changed.append(token)
        }
    }
}

extension ResealProgress {
    /// Notes a card that does not open.
    mutating func note(unreadable card: Unreadable) {
        unreadableCount += 1
        guard unreadable.count < Self.listLimit else { return }
        unreadable.append(card)
    }

    /// Notes cards that an older fingerprint key of a scope must stay for.
    mutating func note(_ lagging: LaggingRows, of scope: ScopeID) {
        if !blocked.contains(scope) { blocked.append(scope) }
        let known = Set(unreadable.map(\.place))
        for place in lagging.places where !known.contains(place) {
            note(unreadable: Unreadable(place: place, key: KeyNumber(rawValue: 0)))
        }
        unreadableCount = max(unreadableCount, lagging.count)
    }

    /// Notes a search row of a card that was changed.
    mutating func note(changed token: Token) {
        changedCount += 1
        guard changed.count < Self.listLimit else { return }
        changed.append(token)
    }
}
