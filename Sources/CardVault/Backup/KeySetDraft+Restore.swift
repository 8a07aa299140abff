// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

extension KeySetDraft {
    /// Lets no key come back better than a later set of the same scope has it: what was destroyed
    /// stays so, what was compromised is marked, and what seals no more does not seal.
    ///
    /// A search key that only ended, or is compromised, is the one exception: the cards of the
    /// backup have no rows under its successor, and would get a second token without it. It finds
    /// until a reseal has indexed them, and the caller makes it a successor.
    ///
    /// - Returns: Whether search keys are in use that the later set has ended or given up.
    mutating func restrict(to later: KeySet, at moment: Timestamp) -> Bool {
        var isSearchingOn = false
        for row in later.keys {
            guard let key = self[row.key.id] else { continue }
            let isSearchKey = row.key.purpose == .fingerprint
            if row.isGone {
                note(row.key)
                setFence(row.fence, of: row.key.id)
                if row.key.purpose.isStoreHeld { forget(row.key.id, at: moment) }
            } else if !isSearchKey {
                note(row.key)
                setFence(row.fence, of: row.key.id)
            } else if key.fence == .sealing {
                let isCompromised = row.key.state == .compromised
                if isCompromised { note(row.key) }
                isSearchingOn = isSearchingOn || isCompromised || row.fence != .sealing
            }
        }
        return isSearchingOn
    }
}

extension StoredKey {
    /// Whether the destruction of the key has begun.
    var isGone: Bool { key.state == .destroyed || !fence.opens }
}
