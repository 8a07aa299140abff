// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
internal import CardKeys
internal import Logging
internal import SecretMemory

/// The unwrapped keys of one scope at one epoch, and what they do to a card.
final class ScopeKeys: Sendable {
    let scope: KeyringScope
    let epoch: UInt64
    /// The generation of the keyring that they were read from.
    let generation: UInt64
    private let vault: VaultID
    private let truncation: Truncation
    let dataKeys: [KeyNumber: DataKeyEntry]
    let sealing: DataKeyEntry?
    let fingerprintKeys: [FingerprintKeyEntry]
    /// When sealing and indexing end; nil for no end.
    private let ends: (sealing: Timestamp?, indexing: Timestamp?)
    private let periods: Cryptoperiods
    private let log: Logger

    /// Unwraps what `set` holds.
    ///
    /// - Parameters:
    ///   - set: an authentic key set of the scope.
    ///   - scope: the scope as the keyring knows it.
    ///   - keyring: unwraps the scope key.
    ///   - allowsSoftwareAES: whether a key may run without AES instructions.
    ///   - log: is told of each use of a compromised key.
    init(
        _ set: KeySet, scope: KeyringScope, keyring: KeyringFile, allowsSoftwareAES: Bool,
        log: Logger
    ) throws(VaultError) {
        let snapshot = keyring.current()
        self.scope = scope
        epoch = set.epoch
        generation = snapshot.generation
        vault = snapshot.vault
        truncation = snapshot.binDigitCount == 8 ? .firstEightLastFour : .firstSixLastFour
        var dataKeys: [KeyNumber: DataKeyEntry] = [:]
        var fingerprintKeys: [FingerprintKeyEntry] = []
        let wrappers = try Self.wrappers(in: set, keyring: keyring)
        for row in set.keys where row.key.state.opens && row.fence.opens {
            guard let wrapping = row.wrapping, let wrapper = wrappers[wrapping.by] else { continue }
            let material = try wrapper.unwrap(
                row.key, wrapping.box, in: vault, slab: keyring.slab)
            switch row.key.purpose {
            case .data:
                dataKeys[row.number] = try DataKeyEntry(
                    row, material, slab: keyring.slab, allowsSoftwareAES: allowsSoftwareAES)
            case .fingerprint:
                let entry = FingerprintKeyEntry(row, material)
                if entry.isLive { fingerprintKeys.append(entry) }
            default: continue
            }
        }
        periods = snapshot.periods
        self.log = log
        self.dataKeys = dataKeys
        self.fingerprintKeys = fingerprintKeys.sorted { $0.row.key.sequence < $1.row.key.sequence }
        sealing = dataKeys.values.filter(\.seals).max { $0.row.key.sequence < $1.row.key.sequence }
        let indexing = fingerprintKeys.max { $0.row.key.sequence < $1.row.key.sequence }
        ends = (
            sealing.flatMap { snapshot.periods.originatorEnd(of: $0.row.key) },
            indexing.flatMap { snapshot.periods.originatorEnd(of: $0.row.key) }
        )
    }

    /// The scope keys (KEK) of the set that the keyring still has, by their numbers.
    static func wrappers(
        in set: KeySet, keyring: KeyringFile
    ) throws(VaultError) -> [KeyNumber: WrapperEntry] {
        var wrappers: [KeyNumber: WrapperEntry] = [:]
        for row in set.keys where row.key.purpose == .scope && row.fence.opens {
            guard let known = keyring.current().key(row.key.id), known.scope == set.scope else {
                throw VaultError(.integrity, subject: row.key.id.description)
            }
            guard known.state.opens else { continue }
            wrappers[row.number] = try WrapperEntry(row.key.id, keyring)
        }
        return wrappers
    }

    /// The id of a key of the set; nil when the set has none of that number.
    func keyID(_ number: KeyNumber) -> KeyID? { dataKeys[number]?.row.key.id }

    /// Whether a card sealed by this key belongs to the scope.
    func owns(_ number: KeyNumber) -> Bool { dataKeys[number] != nil }

    /// Makes a sealed card with its search rows.
    ///
    /// - Parameters:
    ///   - packed: the 9 bytes of the card number.
    ///   - card: what may be shown of it.
    ///   - terms: of the token.
    func seal(
        _ packed: Span<UInt8>, _ card: CardOutline, _ terms: CardTerms
    ) throws(VaultError) -> NewCard {
        let sealing = try sealingKey(at: terms.created)
        guard let newest = fingerprintKeys.last else {
            throw VaultError(.noSealingKey, subject: scope.id.description)
        }
        if let end = ends.indexing, terms.created >= end {
            try periods.requireSealing(newest.row.key, at: terms.created)
        }
        let facts = CardFacts(
            format: terms.format, display: card.display, brand: card.brand, expiry: card.expiry,
            created: terms.created, expires: terms.expires)
        let token = try TokenDraw.draw(
            terms.format, display: card.display, style: scope.tokens, at: terms.created,
            unlike: packed)
        return NewCard(
            record: seal(packed, token, facts, under: sealing),
            fingerprints: searchRows(of: packed, format: terms.format))
    }

    /// The key that seals, unless its time is over.
    func sealingKey(at moment: Timestamp) throws(VaultError) -> DataKeyEntry {
        guard let sealing else {
            throw VaultError(.noSealingKey, subject: scope.id.description)
        }
        if let end = ends.sealing, moment >= end {
            try periods.requireSealing(sealing.row.key, at: moment)
        }
        return sealing
    }

    /// Seals a card anew under its token, with an end that is later.
    func reseal(
        _ record: CardRecord, until end: Timestamp, at moment: Timestamp
    ) throws(VaultError) -> CardRecord {
        let sealing = try sealingKey(at: moment)
        let facts = record.facts
        let pan = try open(record)
        let extended = CardFacts(
            format: facts.format, display: facts.display, brand: facts.brand,
            expiry: facts.expiry, created: facts.created, expires: end)
        return pan.withPacked { seal($0, record.token, extended, under: sealing) }
    }

    func seal(
        _ packed: Span<UInt8>, _ token: Token, _ facts: CardFacts, under sealing: DataKeyEntry
    ) -> CardRecord {
        CardRecord(
            token: token, key: sealing.row.number,
            box: box(of: packed, as: binding(token, facts), under: sealing), facts: facts)
    }

    /// What the box of a card is bound to.
    func binding(_ token: Token, _ facts: CardFacts) -> RecordBinding {
        CardRecord.binding(token, facts, vault: vault, scope: scope.id)
    }

    /// The box of a card.
    func box(
        of packed: Span<UInt8>, as binding: RecordBinding, under sealing: DataKeyEntry
    ) -> [UInt8] {
        var box = [UInt8](repeating: 0, count: CardRecord.boxByteCount)
        var span = box.mutableSpan
        sealing.key.seal(packed, as: binding, into: &span)
        return box
    }

    /// The search rows of a card, one for each key that is live.
    func searchRows(of packed: Span<UInt8>, format: TokenFormat) -> [FingerprintRecord] {
        var rows: [FingerprintRecord] = []
        for entry in fingerprintKeys {
            let fingerprint = entry.key.fingerprint(of: packed, scope: scope.id.description)
            rows.append(
                FingerprintRecord(key: entry.row.number, format: format, fingerprint: fingerprint))
        }
        return rows
    }

    /// Opens a card for somebody who asked for it.
    ///
    /// - Throws: `notFound` when its key is not one of the scope, `integrity` with the token when
    ///   the record is not as it was written.
    func open(_ record: CardRecord) throws(VaultError) -> PAN {
        if let key = dataKeys[record.key]?.row.key, key.state == .compromised {
            log.warning("a compromised key opened a card", metadata: ["key": "\(key.id)"])
        }
        return try opened(record)
    }

    func opened(_ record: CardRecord) throws(VaultError) -> PAN {
        guard let entry = dataKeys[record.key] else { throw VaultError(.notFound) }
        let binding = binding(record.token, record.facts)
        return try opened(record.box, of: record.token, as: binding, under: entry)
    }

    /// Opens the box of a card that is bound to `binding`.
    func opened(
        _ box: [UInt8], of token: Token, as binding: RecordBinding, under entry: DataKeyEntry
    ) throws(VaultError) -> PAN {
        do throws(OpenError) {
            let pan = try PAN.opened { plaintext throws(OpenError) in
                try entry.key.open(box.span, as: binding, into: &plaintext)
            }
            if let pan { return pan }
        } catch {}
        throw VaultError(.integrity, subject: token.description)
    }

    /// What may be shown of a batch's row.
    func outline(_ batch: borrowing CardBatch, at index: Int) -> CardOutline {
        CardOutline(
            display: batch.display(at: index, truncation), brand: batch.brand(at: index),
            expiry: batch.expiry(at: index))
    }

    /// What may be shown of a card.
    func outline(_ pan: borrowing PAN, expiry: ExpiryDate?) -> CardOutline {
        CardOutline(display: pan.display(truncation), brand: pan.brand, expiry: expiry)
    }
}

/// What may be shown of a card that is about to be stored.
struct CardOutline {
    let display: DisplayDigits
    let brand: CardBrand
    let expiry: ExpiryDate?
}
