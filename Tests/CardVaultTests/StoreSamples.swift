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

    /// A moment at which nothing of the samples has an end.
    static func now() throws -> Timestamp { try moment(1_800_000_000_000) }

    static func facts(until end: Timestamp? = nil) throws -> CardFacts {
        CardFacts(
            format: .opaque, display: try DisplayDigits(stored: "411111******1111".utf8.span),
            brand: .visa, expiry: nil, created: try now(), expires: end)
    }

    /// A card with one search row, both of this number.
    static func card(_ number: Int, until end: Timestamp? = nil) throws -> NewCard {
        try card(token(number), [fingerprint(number)], box: number, until: end)
    }

    static func card(
        _ token: Token, _ fingerprints: [FingerprintRecord], key: Int64 = 2, box: Int = 1,
        until end: Timestamp? = nil
    ) throws -> NewCard {
        let record = CardRecord(
            token: token, key: KeyNumber(rawValue: key),
            box: bytes(box, count: CardRecord.boxByteCount), facts: try facts(until: end))
        return NewCard(record: record, fingerprints: fingerprints)
    }

    static func holdID(_ number: Int) throws -> HoldID {
        try #require(HoldID(bytes: bytes(number, count: HoldID.byteCount)))
    }

    /// A track 2 on hold, of this number; the later the number, the later it was put there.
    static func hold(
        _ number: Int, key: Int64 = 2, until end: Timestamp? = nil
    ) throws -> HoldRecord {
        HoldRecord(
            id: try holdID(number), scope: try #require(ScopeID("default")),
            key: KeyNumber(rawValue: key),
            box: bytes(number, count: HoldKind.track2.boxByteCount),
            facts: HoldFacts(
                kind: .track2, created: try moment(UInt64(number)),
                expires: try end ?? moment(1 << 48 - 1)))
    }

    static func entry(_ sequence: Int) -> StoredAuditEntry {
        StoredAuditEntry(
            sequence: UInt64(sequence), bytes: bytes(sequence, count: 100 + sequence))
    }

    /// An entry that names this key.
    static func entry(_ sequence: Int, key: Int64) -> StoredAuditEntry {
        var entry = bytes(sequence, count: 100)
        for place in 0..<8 {
            entry[10 + place] = UInt8(truncatingIfNeeded: key >> (56 - 8 * place))
        }
        return StoredAuditEntry(sequence: UInt64(sequence), bytes: entry)
    }

    static func row(
        _ register: Register, _ key: [UInt8], content: Int = 20, sealKey: Int = 6
    ) throws -> RegisterRow {
        RegisterRow(
            register: register, key: key, content: bytes(key.count, count: content),
            sealKey: try keyID(sealKey), code: bytes(content, count: 32))
    }

    static func head(_ sequence: UInt64) throws -> AuditHead {
        AuditHead(
            sequence: sequence, head: bytes(Int(sequence & 0xff), count: 32), firstKept: sequence,
            sealKey: try keyID(4), code: bytes(5, count: 32))
    }

    static func pin(_ generation: UInt64, vault: VaultID = .random()) throws -> Pin {
        Pin(
            vault: vault, generation: generation, keyringCode: bytes(1, count: 32),
            required: generation, auditChainCount: 1, sealKey: try keyID(2),
            code: bytes(3, count: 32))
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
