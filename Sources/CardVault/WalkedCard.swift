// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto

/// What a store counts by the key that made it.
public enum KeyedRecord: Sendable, CaseIterable {
    /// A card, by the key that sealed it.
    case card
    /// A search row, by its fingerprint key.
    case fingerprint
    /// A hold, by its hold key.
    case hold
    /// An entry of the audit log, by its audit key.
    case auditEntry
}

/// A card as a walk over the store finds it, in whatever state it is.
public struct WalkedCard: Hashable, Sendable {
    /// The stored bytes of the token, by which the walk goes on.
    public let place: [UInt8]
    /// The key that the row names.
    public let key: KeyNumber
    /// The record; nil for one that does not decode.
    public let record: CardRecord?
    /// Its search rows, of whatever key, in their order.
    public let fingerprints: [FingerprintRecord]
    /// How many search rows it has that do not decode.
    public let damagedRowCount: Int

    /// Joins what was found.
    public init(
        place: [UInt8], key: KeyNumber, record: CardRecord?, fingerprints: [FingerprintRecord],
        damagedRowCount: Int = 0
    ) {
        self.place = place
        self.key = key
        self.record = record
        self.fingerprints = fingerprints
        self.damagedRowCount = damagedRowCount
    }
}

/// A new box for a stored card.
public struct NewBox: Hashable, Sendable {
    /// The card.
    public let token: Token
    /// The key that sealed the box that is there.
    public let oldKey: KeyNumber
    /// The box that is there.
    public let oldBox: [UInt8]
    /// The key that sealed the new box.
    public let key: KeyNumber
    /// `suite ‖ nonce ‖ ciphertext ‖ tag`: 50 bytes.
    public let box: [UInt8]

    /// A box in the place of a record's.
    public init(over old: CardRecord, key: KeyNumber, box: [UInt8]) {
        token = old.token
        oldKey = old.key
        oldBox = old.box
        self.key = key
        self.box = box
    }
}

/// A search row and the card that it points at.
public struct IndexRow: Hashable, Sendable {
    /// The row.
    public let fingerprint: FingerprintRecord
    /// What it points at.
    public let token: Token

    /// Joins both.
    public init(_ fingerprint: FingerprintRecord, of token: Token) {
        self.fingerprint = fingerprint
        self.token = token
    }
}

/// Tokens that are found by search rows of a key, and not of a later one.
public struct LaggingRows: Hashable, Sendable {
    /// How many there are, each counted once however many rows it has.
    public let count: Int
    /// The stored bytes of the first of them; not all need be tokens.
    public let places: [[UInt8]]

    /// Joins what was found.
    public init(count: Int, places: [[UInt8]]) {
        self.count = count
        self.places = places
    }
}
