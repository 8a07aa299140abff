// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardData
public import CardKeys

/// A stored card without its number: its token and what may be shown of it.
public struct Card: Hashable, Sendable {
    /// The surrogate.
    public let token: Token
    /// The format of the token.
    public let format: TokenFormat
    /// The truncated number, such as `411111••••••1111`.
    public let display: DisplayDigits
    /// The brand, by the leading digits.
    public let brand: CardBrand
    /// The expiry date, where it was given.
    public let expiry: ExpiryDate?
    /// When the card was stored.
    public let createdAt: Timestamp
    /// When its token ends; nil where it does not.
    public let expiresAt: Timestamp?
    /// The key that seals it.
    public let keyID: KeyID
    /// Whether the call that returned this value stored the card. False for one that was there.
    public let isNew: Bool

    init(_ record: CardRecord, sealedBy keyID: KeyID, isNew: Bool) {
        token = record.token
        format = record.facts.format
        display = record.facts.display
        brand = record.facts.brand
        expiry = record.facts.expiry
        createdAt = record.facts.created
        expiresAt = record.facts.expires
        self.keyID = keyID
        self.isNew = isNew
    }
}
