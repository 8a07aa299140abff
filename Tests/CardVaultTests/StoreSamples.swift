// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
@testable internal import CardVault
internal import Testing

/// Records that a store keeps without knowing what they mean.
enum StoreSamples {
    static func bytes(_ seed: Int, count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: seed &* 31 &+ $0 &* 7) }
    }

    static func keyID(_ seed: Int) throws -> KeyID {
        try #require(KeyID(bytes: bytes(seed, count: KeyID.byteCount)))
    }

    static func token(_ number: Int) -> Token { Token(opaque: 7, UInt64(number)) }

    static func fingerprint(
        _ number: Int, key: Int64 = 3, format: TokenFormat = .opaque
    ) -> FingerprintRecord {
        // Spread, so that their order is not that of the numbers.
        let word = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        let bytes = (0..<16).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * ($0 & 7))) }
        return FingerprintRecord(
            key: KeyNumber(rawValue: key), format: format, fingerprint: Fingerprint(bytes.span))
    }

    static func facts() throws -> CardFacts {
        CardFacts(
            format: .opaque, display: try DisplayDigits(stored: "411111******1111".utf8.span),
            brand: .visa, expiry: nil, created: try moment(1_800_000_000_000), expires: nil)
    }

    /// A card with one search row, both of this number.
    static func card(_ number: Int) throws -> NewCard {
        try card(token(number), [fingerprint(number)], box: number)
    }

    static func card(
        _ token: Token, _ fingerprints: [FingerprintRecord], box: Int = 1
    ) throws -> NewCard {
        let record = CardRecord(
            token: token, key: KeyNumber(rawValue: 2),
            box: bytes(box, count: CardRecord.boxByteCount), facts: try facts())
        return NewCard(record: record, fingerprints: fingerprints)
    }

    static func pin(_ generation: UInt64, vault: VaultID = .random()) throws -> Pin {
        Pin(
            vault: vault, generation: generation, keyringCode: bytes(1, count: 32),
            required: generation, sealKey: try keyID(2), code: bytes(3, count: 32))
    }

    /// A key that the store holds, wrapped by another.
    static func key(
        _ number: Int64, scope: ScopeID?, fence: Fence = .sealing, state: KeyState = .active
    ) throws -> StoredKey {
        var dates = KeyDates(created: try moment(1))
        dates.enter(state, at: try moment(1 << 48 - 1))
        let key = KeyDescriptor(
            id: try keyID(Int(number)), purpose: .data, scope: scope, suite: .xaes256GCM,
            sequence: .max, state: state, dates: dates)
        return StoredKey(
            number: KeyNumber(rawValue: number), key: key, fence: fence,
            wrapping: StoredKey.Wrapping(
                by: KeyNumber(rawValue: 1), box: bytes(Int(number), count: 73)))
    }

    static func keySet(
        _ scope: ScopeID?, epoch: UInt64 = 1, keys: [StoredKey] = []
    ) throws -> KeySet {
        KeySet(
            scope: scope, epoch: epoch, sealKey: try keyID(9), keys: keys,
            code: bytes(Int(truncatingIfNeeded: epoch), count: 32))
    }
}
