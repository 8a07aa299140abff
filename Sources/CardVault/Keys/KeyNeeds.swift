// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// What needs a key: without it that could be read or checked no more.
public struct KeyNeeds: Hashable, Sendable, CustomStringConvertible {
    /// Cards that it sealed.
    public internal(set) var recordCount = 0
    /// Search rows that it made.
    public internal(set) var fingerprintCount = 0
    /// Holds that it sealed.
    public internal(set) var holdCount = 0
    /// Keys that it wraps in the store.
    public internal(set) var wrappedKeyCount = 0
    /// Entries of the audit log that it authenticates, archived ones not counted.
    public internal(set) var auditEntryCount = 0
    /// Whether rows of the store are sealed by it.
    public internal(set) var sealsRows = false

    /// Whether nothing needs the key.
    public var isEmpty: Bool { self == KeyNeeds() }

    /// Such as `3 cards, 2 search rows`; `nothing` where nothing needs it.
    public var description: String {
        let counts = [
            (recordCount, "card", "cards"), (fingerprintCount, "search row", "search rows"),
            (holdCount, "hold", "holds"), (wrappedKeyCount, "wrapped key", "wrapped keys"),
            (auditEntryCount, "audit entry", "audit entries"),
        ]
        var parts = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }
        if sealsRows { parts.append("sealed rows") }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }
}

extension StoreReader {
    /// Counts what needs a key of a set.
    func needs(of key: StoredKey, in set: KeySet) throws(StoreError) -> KeyNeeds {
        var needs = KeyNeeds()
        switch key.key.purpose {
        case .data: needs.recordCount = try count(.card, of: key.number)
        case .fingerprint: needs.fingerprintCount = try count(.fingerprint, of: key.number)
        case .hold: needs.holdCount = try count(.hold, of: key.number)
        case .scope: needs.wrappedKeyCount = set.wrappedCount(by: key.number)
        case .audit: needs.auditEntryCount = try count(.auditEntry, of: key.number)
        case .seal: needs.sealsRows = try sealKeysInUse().contains(key.key.id)
        case .slot, .wrap, .token: break
        }
        return needs
    }

    /// Whether anything needs a key: a look at an index.
    ///
    /// Entries of the audit log have none, and are not looked at here: once its key may not seal,
    /// there are no new ones, and they can be counted before.
    func isNeeded(_ key: StoredKey, in set: KeySet) throws(StoreError) -> Bool {
        switch key.key.purpose {
        case .data: try hasAny(.card, of: key.number)
        case .fingerprint: try hasAny(.fingerprint, of: key.number)
        case .hold: try hasAny(.hold, of: key.number)
        case .scope: set.wrappedCount(by: key.number) > 0
        case .seal: try sealKeysInUse().contains(key.key.id)
        case .audit, .slot, .wrap, .token: false
        }
    }
}

extension KeySet {
    /// How many keys of the set one of its keys wraps.
    fileprivate func wrappedCount(by number: KeyNumber) -> Int {
        keys.count { $0.wrapping?.by == number }
    }
}
