// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// How many cards of a scope a completed walk could not open, under each data key that seals no
/// more. No later walk will seal them anew either: a rotation does not wait for them.
struct UnreadableTally: Sendable {
    let scope: ScopeID
    let counts: [KeyNumber: Int]

    /// The tally of each scope of a walk.
    static func all(
        _ cards: [ResealProgress.Unreadable], _ walk: ResealWalk
    ) -> [UnreadableTally] {
        var counts: [ScopeID: [KeyNumber: Int]] = [:]
        for card in cards {
            // Under a key that still seals there may come more.
            guard let scope = walk.owner(of: card.key), let keys = walk.keys[scope],
                keys.sealing?.row.number != card.key
            else { continue }
            counts[scope, default: [:]][card.key, default: 0] += 1
        }
        return walk.keys.keys.map { UnreadableTally(scope: $0, counts: counts[$0] ?? [:]) }
    }

    /// Writes the tally over the one before.
    func store(
        in transaction: any StoreTransaction, _ vault: VaultID, _ sealKey: SealKeyEntry
    ) throws(StoreError) {
        guard !counts.isEmpty else {
            _ = try transaction.delete(.jobs, key: Self.key(of: scope))
            return
        }
        var frame = Frame(capacity: 32 * counts.count)
        for (number, count) in counts.sorted(by: { $0.key < $1.key }) {
            frame.append(UInt64(bitPattern: number.rawValue))
            frame.append(UInt64(count))
        }
        try transaction.put(
            RegisterRow(
                .jobs, key: Self.key(of: scope), content: frame.bytes, in: vault,
                sealedBy: sealKey.key))
    }

    fileprivate static func key(of scope: ScopeID) -> [UInt8] {
        Array("unreadable \(scope)".utf8)
    }

    private init(scope: ScopeID, counts: [KeyNumber: Int]) {
        self.scope = scope
        self.counts = counts
    }

    /// Reads the content of a row, `frame(number, count, …)`; nil for anything else.
    fileprivate init?(_ scope: ScopeID, content: [UInt8]) {
        var reader = FrameReader(content[...])
        var counts: [KeyNumber: Int] = [:]
        while !reader.isAtEnd {
            guard let number = reader.integer(), let count = reader.integer() else { return nil }
            counts[KeyNumber(rawValue: Int64(bitPattern: number))] = Int(clamping: count)
        }
        self.init(scope: scope, counts: counts)
    }
}

extension Vault {
    /// What the last completed walk could not open in a scope.
    func unreadableTally(of scope: ScopeID) async throws(VaultError) -> UnreadableTally? {
        let content = try await job(UnreadableTally.key(of: scope))
        return content.flatMap { UnreadableTally(scope, content: $0) }
    }

    /// The content of a row of the register of jobs; nil where there is none that is authentic.
    func job(_ key: [UInt8]) async throws(VaultError) -> [UInt8]? {
        let row = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in
                try reader.row(of: .jobs, key: key)
            }
        }
        return row.flatMap { isAuthentic($0) ? $0.content : nil }
    }
}
