// SPDX-License-Identifier: Apache-2.0
internal import CardKeys

/// Holds as an operator sees them.
extension Vault {
    /// Every hold of the vault, the oldest first: names, kinds and times, nothing of the content.
    ///
    /// - Throws: ``VaultError``.
    public func holdList() async throws(VaultError) -> [ListedHold] {
        try checkProcess()
        let records = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.holds() }
        }
        return records.map(ListedHold.init)
    }

    /// Removes every record whose time is over, now. Any writer removes some of them each second.
    ///
    /// - Returns: How many cards and how many holds were removed.
    /// - Throws: ``VaultError``.
    public func sweep() async throws(VaultError) -> (cardCount: Int, holdCount: Int) {
        try checkProcess()
        var (cardCount, holdCount) = (0, 0)
        while true {
            let (moment, caller) = (now(), caller)
            let swept = try await write { transaction, pen throws(StoreError) in
                let swept = try transaction.sweep(at: moment, limit: AuditSubject.idLimit)
                try pen.append(swept.events(at: moment, by: caller))
                return swept
            }
            cardCount += swept.tokens.count
            holdCount += swept.holds.count
            guard max(swept.tokens.count, swept.holds.count) == AuditSubject.idLimit else {
                return (cardCount, holdCount)
            }
        }
    }
}
