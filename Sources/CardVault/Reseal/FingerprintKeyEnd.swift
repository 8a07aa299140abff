// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// The end of the fingerprint keys of a scope that have a successor.
///
/// Before they end, the index itself is asked whether a card is found by one of them alone: what a
/// walk has seen is no proof, as somebody may have hidden a card from it.
struct FingerprintKeyEnd: Sendable {
    enum Outcome: Sendable {
        /// The keys of the scope were changed meanwhile.
        case stale
        /// Some cards are found by one of the keys alone; nothing is written.
        case blocked(LaggingRows)
        /// These ended.
        case ended([StoredKey])
    }

    private let vault: Vault
    private let draft: KeySetDraft
    private let deed: AuditEvent
    private let ending: [StoredKey]
    private let newest: KeyNumber
    /// The places that may be given up.
    private let overruled: Set<[UInt8]>

    /// Nil where no key has a successor.
    init?(
        _ set: KeySet, _ vault: Vault, _ caller: Caller, _ options: ResealOptions
    ) throws(VaultError) {
        var draft = KeySetDraft(set, of: vault.id)
        let ids = draft.outlivedFingerprintKeys
        guard !ids.isEmpty, let newest = draft.primary(.fingerprint)?.number else { return nil }
        for id in ids { try draft.retire(id, at: vault.now()) }
        self.vault = vault
        self.draft = draft
        self.newest = newest
        ending = set.keys.filter { ids.contains($0.key.id) }
        overruled = options.overruledPlaces.union(options.overruled.map(\.stored))
        deed = vault.event(
            .rotateKey, .done, by: caller, purpose: AuditText("ended"), scope: set.scope,
            .keys(ids))
    }

    func take() async throws(VaultError) -> Outcome {
        let change = try KeySetChange(draft, of: vault.keyring)
        let (end, deed) = (self, deed)
        return try await vault.write { transaction, pen throws(StoreError) in
            guard try transaction.epoch(of: end.draft.scope) == end.draft.epoch else {
                return .stale
            }
            let lagging = try end.lagging(transaction)
            guard lagging.count == 0 else { return .blocked(lagging) }
            try change.store(in: transaction, pen)
            try pen.append([deed])
            return .ended(end.ending)
        }
    }

    /// The search rows by which alone cards are found that are not given up.
    private func lagging(_ reader: any StoreReader) throws(StoreError) -> LaggingRows {
        var count = 0
        var places: [[UInt8]] = []
        for key in ending {
            let rows = try reader.searchRows(
                of: key.number, lacking: newest,
                limit: ResealProgress.listLimit + overruled.count)
            let left = rows.places.filter { !overruled.contains($0) }
            count += rows.count - (rows.places.count - left.count)
            places += left.prefix(ResealProgress.listLimit)
        }
        return LaggingRows(count: count, places: places)
    }
}
