// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardData
public import CardKeys

/// The number of a key in a store: small, and unique there.
public struct KeyNumber: RawRepresentable, Hashable, Comparable, Sendable {
    /// 1, 2, 3, …
    public let rawValue: Int64

    /// Takes any number that a store gave.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// The smaller number first.
    public static func < (a: KeyNumber, b: KeyNumber) -> Bool { a.rawValue < b.rawValue }
}

/// What a store keeps in the clear of a card. All of it is authenticated with the card's box.
public struct CardFacts: Hashable, Sendable {
    /// The format of the token, and with it which digits the token keeps.
    public let format: TokenFormat
    /// The truncated number.
    public let display: DisplayDigits
    /// The brand.
    public let brand: CardBrand
    /// The expiry date; nil where none was given.
    public let expiry: ExpiryDate?
    /// When the card was stored.
    public let created: Timestamp
    /// When the record ends; nil where it does not.
    public let expires: Timestamp?

    /// Takes facts as they were stored.
    public init(
        format: TokenFormat, display: DisplayDigits, brand: CardBrand, expiry: ExpiryDate?,
        created: Timestamp, expires: Timestamp?
    ) {
        self.format = format
        self.display = display
        self.brand = brand
        self.expiry = expiry
        self.created = created
        self.expires = expires
    }

    /// Whether the record's time is over at `moment`.
    public func isExpired(at moment: Timestamp) -> Bool {
        expires.map { $0 <= moment } ?? false
    }

    var frame: Frame {
        var frame = Frame(capacity: 96)
        frame.append(format.code)
        frame.append(display.storedBytes)
        frame.append(brand.rawValue)
        frame.append(expiry?.code)
        frame.append(created.milliseconds)
        frame.append(expires?.milliseconds)
        return frame
    }
}

/// A card as a store keeps it: sealed, with its facts beside it.
public struct CardRecord: Hashable, Sendable {
    /// The key of the row.
    public let token: Token
    /// The key that sealed the box.
    public let key: KeyNumber
    /// `suite ‖ nonce ‖ ciphertext ‖ tag`: 50 bytes.
    public let box: [UInt8]
    /// What stands beside the box in the clear.
    public let facts: CardFacts

    /// Takes a record as it was stored.
    public init(token: Token, key: KeyNumber, box: [UInt8], facts: CardFacts) {
        self.token = token
        self.key = key
        self.box = box
        self.facts = facts
    }

    /// Bytes in the box of a card: 50.
    public static let boxByteCount = PAN.packedByteCount + StoredBox.overhead

    static func binding(
        _ token: Token, _ facts: CardFacts, vault: VaultID, scope: ScopeID
    ) -> RecordBinding {
        RecordBinding(
            vault: vault, kind: .card, scope: scope.description, record: token.stored.span,
            facts: facts.frame)
    }
}

/// The search row of a card: which token a fingerprint belongs to. Unique by key, format and
/// fingerprint.
public struct FingerprintRecord: Hashable, Comparable, Sendable {
    /// The key that made the fingerprint.
    public let key: KeyNumber
    /// The format of the token.
    public let format: TokenFormat
    /// The keyed hash of the card.
    public let fingerprint: Fingerprint

    /// Takes a record as it was stored.
    public init(key: KeyNumber, format: TokenFormat, fingerprint: Fingerprint) {
        self.key = key
        self.format = format
        self.fingerprint = fingerprint
    }

    /// The order of the rows in a store.
    public static func < (a: FingerprintRecord, b: FingerprintRecord) -> Bool {
        (a.key, a.format.code, a.fingerprint) < (b.key, b.format.code, b.fingerprint)
    }
}
