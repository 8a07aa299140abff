// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault

/// What a reseal did, as JSON or for people.
struct ResealReport: Encodable {
    let dryRun: Bool
    let walked: Int
    let resealed: Int
    let indexed: Int
    let duplicates: Int
    let unreadable: [String]
    let unreadableCount: Int
    let changed: [String]
    let changedCount: Int
    let ended: [String]
    let blocked: [String]
    let damaged: [String]

    /// - Parameters:
    ///   - progress: the last; nil where there was none.
    ///   - isDryRun: whether nothing was written.
    init(_ progress: ResealProgress?, isDryRun: Bool) {
        dryRun = isDryRun
        walked = progress?.walkedCount ?? 0
        resealed = progress?.resealedCount ?? 0
        indexed = progress?.indexedCount ?? 0
        duplicates = progress?.duplicateCount ?? 0
        unreadable = progress?.unreadable.map(\.description) ?? []
        unreadableCount = progress?.unreadableCount ?? 0
        changed = progress?.changed.map(\.description) ?? []
        changedCount = progress?.changedCount ?? 0
        ended = progress?.ended.map(\.description) ?? []
        blocked = progress?.blocked.map(\.description) ?? []
        damaged = progress?.damaged.map(\.description) ?? []
    }

    func print(json: Bool) throws {
        guard !json else { return try Report.json(self) }
        for line in lines { Report.line(line) }
    }

    /// Refuses a store with cards or keys that are not as they were written.
    ///
    /// - Throws: ``KeyRefusal``: `resealFaults`, `damagedScopes`.
    func check() throws(KeyRefusal) {
        guard unreadableCount + changedCount == 0 else {
            throw .resealFaults(unreadable: unreadableCount, changed: changedCount)
        }
        guard damaged.isEmpty else { throw .damagedScopes(damaged) }
    }

    private var lines: [String] {
        let (sealed, added) =
            dryRun
            ? ("To be sealed anew", "Search rows to be added")
            : ("Sealed anew", "Search rows added")
        var lines = ["Cards walked: \(walked). \(sealed): \(resealed). \(added): \(indexed)."]
        if duplicates > 0 {
            lines.append("Cards that two tokens of one scope stand for: \(duplicates).")
        }
        lines += ended.map { "Ended: fingerprint key \($0)." }
        lines += blocked.map {
            "An older fingerprint key of \($0) stays, for cards that do not open."
        }
        lines += damaged.map { "The keys of \($0) were altered; its cards were passed by." }
        lines += Self.list("Does not open", unreadable, of: unreadableCount)
        let wrong = dryRun ? "Search row was changed" : "Search row was changed, and is right again"
        lines += Self.list(wrong, changed, of: changedCount)
        return lines
    }

    private static func list(_ title: String, _ tokens: [String], of count: Int) -> [String] {
        let lines = tokens.map { "\(title): \($0)" }
        return tokens.count < count ? lines + ["… and \(count - tokens.count) more"] : lines
    }
}
