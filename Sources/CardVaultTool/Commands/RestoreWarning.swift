// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault

/// What a person must know before a backup takes the place of a store.
struct RestoreWarning {
    private let plan: RestorePlan
    private let old: String?

    init(_ plan: RestorePlan, keepingOldAs old: String?) {
        self.plan = plan
        self.old = old
    }

    /// Writes it to standard error.
    func print() {
        for line in lines { Standard.error.write(line + "\n") }
    }

    private var lines: [String] {
        let counts = plan.manifest.counts
        var lines = [
            "The backup of \(plan.manifest.record.created.iso8601) has cards: \(counts.cards).",
            "Holds are not put back: some were redeemed since.",
        ]
        if plan.lostCardCount > 0 {
            lines.append("Cards of the present store that will be lost: \(plan.lostCardCount).")
        }
        lines += plan.deadScopes.map { "Nobody can open the cards of the scope \($0) any more." }
        lines += plan.lostKeys.map {
            "The \($0.key.purpose) key \($0.key.id) was destroyed since; lost with it: \($0.needs)."
        }
        if !plan.uncheckedScopes.isEmpty {
            let names = plan.uncheckedScopes.map(\.description).joined(separator: ", ")
            lines.append(
                "The present store does not tell which keys were compromised or destroyed since, "
                    + "of the scopes: \(names).")
        }
        if !plan.isKeyringChecked {
            lines.append(
                "The present store does not tell whether the keyring is an older one: "
                    + "make sure that it is the latest.")
        }
        switch plan.log {
        case .kept: break
        case .none: lines.append("There is no present audit log: that of the backup goes on.")
        case .dropped:
            lines.append(
                "The present audit log cannot be read, was altered, or names other keys: that of "
                    + "the backup goes on.")
        }
        return lines + damage
    }

    private var damage: [String] {
        guard plan.needsOldStore else { return [] }
        let unknown = "What the present store has that the backup has not is unknown."
        let kept = old.map { "The present store is kept as \(printable($0))." }
        return (plan.isLossUnknown ? [unknown] : []) + [kept].compactMap(\.self)
    }
}
