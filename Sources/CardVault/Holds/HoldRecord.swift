// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardKeys

/// What a store keeps in the clear of a hold. All of it is authenticated with the hold's box.
public struct HoldFacts: Hashable, Sendable {
    /// What is held.
    public let kind: HoldKind
    /// When it was put there.
    public let created: Timestamp
    /// When it ends.
    public let expires: Timestamp

    /// Takes facts as they were stored.
    public init(kind: HoldKind, created: Timestamp, expires: Timestamp) {
        self.kind = kind
        self.created = created
        self.expires = expires
    }

    var frame: Frame {
        var frame = Frame(capacity: 32)
        frame.append(kind.rawValue)
        frame.append(created.milliseconds)
        frame.append(expires.milliseconds)
        return frame
    }
}

/// Sensitive authentication data as a store keeps it until authorization: sealed under a key that
/// the store and the keyring together cannot make.
public struct HoldRecord: Hashable, Sendable {
    /// The key of the row.
    public let id: HoldID
    /// The scope it belongs to.
    public let scope: ScopeID
    /// The hold key, from which and from the handle's secret the key of the box was made.
    public let key: KeyNumber
    /// `suite ‖ nonce ‖ ciphertext ‖ tag`; as many bytes for every hold of a kind.
    public let box: [UInt8]
    /// What stands beside the box in the clear.
    public let facts: HoldFacts

    /// Takes a record as it was stored.
    public init(id: HoldID, scope: ScopeID, key: KeyNumber, box: [UInt8], facts: HoldFacts) {
        self.id = id
        self.scope = scope
        self.key = key
        self.box = box
        self.facts = facts
    }

    static func binding(
        _ id: HoldID, _ facts: HoldFacts, vault: VaultID, scope: ScopeID
    ) -> RecordBinding {
        RecordBinding(
            vault: vault, kind: .hold, scope: scope.description, record: id.bytes.span,
            facts: facts.frame)
    }
}

/// A hold as a listing shows it: nothing of its content.
public struct ListedHold: Hashable, Sendable {
    /// The name.
    public let id: HoldID
    /// The scope it belongs to.
    public let scope: ScopeID
    /// What is held.
    public let kind: HoldKind
    /// When it was put there.
    public let created: Timestamp
    /// When it ends.
    public let expires: Timestamp

    init(_ record: HoldRecord) {
        id = record.id
        scope = record.scope
        kind = record.facts.kind
        created = record.facts.created
        expires = record.facts.expires
    }
}
