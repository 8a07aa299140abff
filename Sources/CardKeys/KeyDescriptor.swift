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

    /// Describes a new key that is in `state` from `moment` on.
    package init(
        _ key: borrowing KeyMaterial, scope: ScopeID?, sequence: UInt64, state: KeyState,
        at moment: Timestamp
    ) {
        var dates = KeyDates(created: moment)
        dates.enter(state, at: moment)
        self.init(
            id: key.id, purpose: key.purpose, scope: scope, suite: key.suite, sequence: sequence,
            state: state, dates: dates)
    }

    /// Describes a new key that is active from `moment` on.
    package init(
        _ key: borrowing KeyMaterial, scope: ScopeID?, sequence: UInt64,
        activeFrom moment: Timestamp
    ) {
        self.init(key, scope: scope, sequence: sequence, state: .active, at: moment)
    }

    /// The same key in its next state, which it entered at `moment`. Earlier dates are kept.
    ///
    /// - Throws: ``KeyTransitionError`` where the life of a key does not go that way.
    package func entering(
        _ state: KeyState, at moment: Timestamp
    ) throws(KeyTransitionError) -> KeyDescriptor {
        guard self.state.mayBecome(state) else {
            throw KeyTransitionError(id: id, from: self.state, to: state)
        }
        return moved(to: state, at: moment)
    }

    /// The same key, destroyed from whatever state it was in.
    package func destroyed(at moment: Timestamp) -> KeyDescriptor {
        state == .destroyed ? self : moved(to: .destroyed, at: moment)
    }

    private func moved(to state: KeyState, at moment: Timestamp) -> KeyDescriptor {
        var key = self
        key.state = state
        key.dates.enter(state, at: moment)
        return key
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
