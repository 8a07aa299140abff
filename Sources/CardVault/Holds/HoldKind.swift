// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData

/// What a hold holds. A closed list: each kind has one plaintext length.
public enum HoldKind: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    /// Track 1 of the magnetic stripe.
    case track1 = 1
    /// Track 2 of the magnetic stripe.
    case track2 = 2
    /// The card verification code.
    case verificationCode = 3

    /// The name in listings.
    public var description: String {
        switch self {
        case .track1: "track1"
        case .track2: "track2"
        case .verificationCode: "verification-code"
        }
    }

    /// Bytes in a box of this kind, the same for every content: the box shows no length.
    public var boxByteCount: Int { plaintextByteCount + StoredBox.overhead }

    var plaintextByteCount: Int {
        switch self {
        case .track1: Track1.packedByteCount
        case .track2: Track2.packedByteCount
        case .verificationCode: CardVerificationCode.packedByteCount
        }
    }
}
