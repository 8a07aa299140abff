// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// The scopes that are walked, with their keys as they were last read.
struct ResealWalk: Sendable {
    /// How many cards are read and written at a time.
    static let pageCount = 512

    private let vault: Vault
    private var chosen: [ScopeID]
    /// Whether all scopes were chosen: then cards of unknown keys are met too.
    private let isOfAll: Bool
    /// The scopes by the numbers of their data keys.
    private var owners: [KeyNumber: ScopeID] = [:]
    /// The latest keys of the scopes whose cards are walked.
    private(set) var keys: [ScopeID: ScopeKeys] = [:]
    /// Keys of scopes that are not walked: those that were shredded, and those whose key set was
    /// altered, as far as it can be read.
    private var foreign: Set<KeyNumber> = []
    /// Scopes whose key set is not as it was written: in a walk of all they are left out.
    private(set) var damaged: [ScopeID] = []

    init(_ vault: Vault, _ scope: ScopeID?) async throws(VaultError) {
        self.vault = vault
        isOfAll = scope == nil
        chosen = scope.map { [$0] } ?? []
        try await reload()
    }

    /// What the walk aims at, 32 bytes: it differs when a key was rotated meanwhile.
    func target() async throws(VaultError) -> [UInt8] {
        var frame = Frame("card-vault/1 reseal", capacity: 64 * keys.count)
        for (id, keys) in keys.sorted(by: { $0.key < $1.key }) {
            frame.append(id.description)
            for number in keys.target { frame.append(UInt64(bitPattern: number.rawValue)) }
        }
        return try await vault.vaultKeys().audit.sealKey.key.code(for: frame)
    }

    /// How many cards there are to walk.
    func count() async throws(VaultError) -> Int {
        let numbers = owners.keys
        return try await VaultError.store { () throws(StoreError) in
            try await vault.store.read { reader throws(StoreError) in
                var count = 0
                for number in numbers { count += try reader.count(.card, of: number) }
                return count
            }
        }
    }

    /// The keys whose cards are to be sealed anew before all others.
    var compromised: Set<KeyNumber> { Set(keys.values.flatMap(\.compromised)) }

    /// The cards after a place, with what is to be written of each, sealed on `threadCount` tasks.
    ///
    /// - Parameter urgent: only the cards of these keys; nil for all.
    func page(
        of urgent: Set<KeyNumber>? = nil, after place: [UInt8], limit: Int, threadCount: Int
    ) async throws(VaultError) -> [CardRenewal] {
        let filter = urgent ?? (isOfAll ? nil : Set(owners.keys))
        let cards = try await VaultError.store { () throws(StoreError) in
            try await vault.store.read { reader throws(StoreError) in
                try reader.cards(after: place, of: filter, limit: limit)
            }
        }
        guard threadCount > 2, cards.count > threadCount else {
            return try renewals(of: cards[...])
        }
        let runs = cards.runs(of: (cards.count + threadCount - 2) / (threadCount - 1))
        let results = await withTaskGroup(of: (Int, Result<[CardRenewal], VaultError>).self) {
            group in
            for (index, run) in runs.enumerated() {
                group.addTask { (index, result(of: run)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var renewals: [CardRenewal] = []
        for index in runs.indices { renewals += try results[index]?.get() ?? [] }
        return renewals
    }

    private func result(of cards: [WalkedCard]) -> Result<[CardRenewal], VaultError> {
        do throws(VaultError) {
            return .success(try renewals(of: cards[...]))
        } catch {
            return .failure(error)
        }
    }

    private func renewals(
        of cards: ArraySlice<WalkedCard>
    ) throws(VaultError) -> [CardRenewal] {
        let moment = vault.now()
        var renewals: [CardRenewal] = []
        renewals.reserveCapacity(cards.count)
        // Neighbours mostly have the same key.
        var last: (number: KeyNumber, keys: ScopeKeys?)?
        for card in cards {
            if last?.number != card.key { last = (card.key, owners[card.key].flatMap { keys[$0] }) }
            if let keys = last?.keys {
                renewals.append(try keys.renewal(of: card, at: moment))
            } else {
                let isOfNone = knowsAll && !foreign.contains(card.key)
                renewals.append(CardRenewal(card: card, isUnreadable: isOfNone))
            }
        }
        return renewals
    }

    /// Whether the keys of every scope are known: else a card of an unknown key may be one that
    /// opens.
    private var knowsAll: Bool { damaged.isEmpty && !vault.needsUnlock }

    /// The scope of a key; nil for a key of no scope that is walked.
    func owner(of key: KeyNumber) -> ScopeID? { owners[key] }

    /// Whether a card of a page lies under a key that the walk does not know: one made since the
    /// walk read its scopes, or none at all.
    func isBehind(_ page: [CardRenewal]) -> Bool {
        page.keyNumbers.contains { owners[$0] == nil && !foreign.contains($0) }
    }

    /// Reads the keys of all scopes again.
    mutating func reload() async throws(VaultError) {
        guard isOfAll else {
            for id in chosen { try await load(id) }
            return
        }
        try await choose()
        damaged = []
        for id in chosen {
            do throws(VaultError) {
                let isLoaded: Void? = try await vault.unlessDamaged(id) { () throws(VaultError) in
                    try await load(id)
                }
                guard isLoaded == nil else { continue }
                damaged.append(id)
            } catch {
                // Since it was chosen.
                guard error.code == .scopeShredded else { throw error }
            }
            try await leaveOut(id)
        }
    }

    /// Chooses every scope that has keys by now, and forgets those that were shredded.
    private mutating func choose() async throws(VaultError) {
        try await vault.reloadKeyring()
        let stored = try await VaultError.store { () throws(StoreError) in
            try await vault.store.read { reader throws(StoreError) in
                try reader.keySetScopes().compactMap(\.self)
            }
        }
        let known = vault.scopeList.filter { stored.contains($0.id) }
        chosen = known.filter { $0.shreddedAt == nil }.map(\.id)
        for id in known.filter({ $0.shreddedAt != nil }).map(\.id) { try await leaveOut(id) }
    }

    /// Passes by the cards of a scope. What its set says of numbers need not be true: no card that
    /// a walked scope owns is passed by for it, and none that only an older key finds is forgotten.
    private mutating func leaveOut(_ id: ScopeID) async throws(VaultError) {
        keys[id] = nil
        owners = owners.filter { $0.value != id }
        let set = try await vault.storedKeySet(of: id)
        foreign.formUnion(set?.keys.map(\.number) ?? [])
    }

    private mutating func load(_ id: ScopeID) async throws(VaultError) {
        let before = keys[id]
        let latest = try await vault.keys(of: id)
        let isStale = try await vault.isStale(latest)
        let now = isStale ? try await vault.keys(after: latest) : latest
        guard now.epoch != before?.epoch else { return }
        guard let set = try await vault.authenticKeySet(of: id) else { return }
        keys[id] = now
        for key in set.keys where key.key.purpose == .data { owners[key.number] = id }
    }
}
