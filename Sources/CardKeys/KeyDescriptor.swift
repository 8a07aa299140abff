// SPDX-License-Identifier: Apache-2.0
public import CardCrypto

/// What is known of a key without its bytes. The keyring file and the store describe keys alike.
public struct KeyDescriptor: Hashable, Sendable {
    /// The commitment to key, purpose and suite.
    public let id: KeyID
    /// What the key is for.
    public let purpose: KeyPurpose
    /// The scope it belongs to; nil for keys of the whole vault.
    public let scope: ScopeID?
    /// What the key does.
    public let suite: Suite
    /// Its place among the keys of its purpose and scope: 1, 2, 3, …
    public let sequence: UInt64
    /// Where it is in its life.
    public private(set) var state: KeyState
    /// When it got there.
    public private(set) var dates: KeyDates

    /// Describes a key as it was stored.
    package init(
        id: KeyID, purpose: KeyPurpose, scope: ScopeID?, suite: Suite, sequence: UInt64,
        state: KeyState, dates: KeyDates
    ) {
        self.id = id
        self.purpose = purpose
        self.scope = scope
        self.suite = suite
        self.sequence = sequence
        self.state = state
        self.dates = dates
    }

    /// Describes a new key that is active from `moment` on.
    package init(
        _ key: borrowing KeyMaterial, scope: ScopeID?, sequence: UInt64,
        activeFrom moment: Timestamp
    ) {
        var dates = KeyDates(created: moment)
        dates.enter(.active, at: moment)
        self.init(
            id: key.id, purpose: key.purpose, scope: scope, suite: key.suite, sequence: sequence,
            state: .active, dates: dates)
    }

    /// The record of this key's box: a wrapped key cannot be moved to another scope, purpose or
    /// place.
    package func binding(in vault: VaultID) -> RecordBinding {
        var facts = Frame(capacity: 64)
        facts.append(purpose.rawValue)
        facts.append(suite.rawValue)
        facts.append(dates.created.milliseconds)
        facts.append(sequence)
        return RecordBinding(
            vault: vault, kind: .key, scope: scope?.description ?? "", record: id.bytes.span,
            facts: facts)
    }
}
