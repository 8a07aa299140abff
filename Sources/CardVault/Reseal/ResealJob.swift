// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// A reseal at work, page by page. One task uses it.
final class ResealJob {
    /// How many search rows of an ended key are removed at a time.
    private static let deletionLimit = 2_048

    private let vault: Vault
    private let caller: Caller
    private let scope: ScopeID?
    private let options: ResealOptions
    private var state = State.new

    private enum State {
        case new
        /// Cards of compromised keys come first; how far is kept by their having other keys then.
        case urgent(ResealWalk, ResealPosition, after: [UInt8])
        case walking(ResealWalk, ResealPosition, next: Task<[CardRenewal], any Error>?)
        case over
    }

    init(_ vault: Vault, _ caller: Caller, _ scope: ScopeID?, _ options: ResealOptions) {
        self.vault = vault
        self.caller = caller
        self.scope = scope
        self.options = options
    }

    /// Does one page of the work; nil when nothing is left.
    func step() async throws(VaultError) -> ResealProgress? {
        guard !Task.isCancelled else { throw VaultError(.cancelled) }
        switch state {
        case .over: return nil
        case .new:
            let (walk, position) = try await begin()
            state =
                options.isDryRun
                ? .walking(walk, position, next: nil) : .urgent(walk, position, after: [])
            return try await step()
        case .urgent(let walk, let position, let place):
            return try await hurry(walk, position, after: place)
        case .walking(var walk, var position, let next):
            return try await advance(&walk, &position, next)
        }
    }

    private var key: [UInt8] { Array("reseal \(scope?.description ?? "")".utf8) }

    /// Goes on where a walk with the same aim was cut off, or begins one.
    private func begin() async throws(VaultError) -> (ResealWalk, ResealPosition) {
        let walk = try await ResealWalk(vault, scope)
        let target = try await walk.target()
        if !options.isDryRun, let content = try await vault.job(key),
            let position = ResealPosition(content: content), position.target == target
        {
            return (walk, position)
        }
        var position = ResealPosition(target: target)
        position.progress.totalCount = try await walk.count()
        if !options.isDryRun { try await vault.record([event("begun")]) }
        return (walk, position)
    }

    /// Seals a page of cards of compromised keys anew, out of their turn; without any, begins the
    /// walk over all.
    private func hurry(
        _ walk: ResealWalk, _ position: ResealPosition, after place: [UInt8]
    ) async throws(VaultError) -> ResealProgress? {
        var (walk, position) = (walk, position)
        let urgent = walk.compromised
        let begin = ContinuousClock.now
        let page =
            urgent.isEmpty
            ? []
            : try await walk.page(
                of: urgent, after: place, limit: pageCount, threadCount: options.threadCount)
        guard let last = page.last?.card.place else {
            state = .walking(walk, position, next: nil)
            return try await step()
        }
        let isWritten = try await write(page, &walk, &position, isUrgent: true)
        state = .urgent(walk, position, after: isWritten ? last : place)
        try await rest(since: begin, cardCount: page.count)
        return position.progress
    }

    private func advance(
        _ walk: inout ResealWalk, _ position: inout ResealPosition,
        _ next: Task<[CardRenewal], any Error>?
    ) async throws(VaultError) -> ResealProgress {
        let begin = ContinuousClock.now
        var page = try await page(walk, after: position.place, next)
        if walk.isBehind(page) {
            try await walk.reload()
            page = try await self.page(walk, after: position.place, nil)
        }
        guard let last = page.last else { return try await finish(&walk, &position) }
        let isAhead = options.threadCount > 1
        let following = isAhead ? ahead(walk, after: last.card.place) : nil
        var isWritten = true
        if options.isDryRun {
            position.rehearse(page)
        } else {
            isWritten = try await write(page, &walk, &position)
        }
        if isWritten {
            state = .walking(walk, position, next: following)
        } else {
            following?.cancel()
            state = .walking(walk, position, next: nil)
        }
        try await rest(since: begin, cardCount: page.count)
        return position.progress
    }

    private func page(
        _ walk: ResealWalk, after place: [UInt8], _ next: Task<[CardRenewal], any Error>?
    ) async throws(VaultError) -> [CardRenewal] {
        guard let next else {
            return try await walk.page(
                after: place, limit: pageCount, threadCount: options.threadCount)
        }
        do {
            return try await next.value
        } catch let error as VaultError {
            throw error
        } catch {
            throw VaultError(.cancelled)
        }
    }

    /// Reads and seals the next page while this one is written.
    private func ahead(
        _ walk: ResealWalk, after place: [UInt8]
    ) -> Task<[CardRenewal], any Error> {
        let (limit, threadCount) = (pageCount, options.threadCount)
        return Task {
            try await walk.page(after: place, limit: limit, threadCount: threadCount)
        }
    }

    private var pageCount: Int { min(options.pageCount, max(options.rate ?? .max, 1)) }

    /// Writes a page and the place after it in one transaction. Tells whether all of it was as it
    /// had been read; else it is read again.
    private func write(
        _ page: [CardRenewal], _ walk: inout ResealWalk, _ position: inout ResealPosition,
        isUrgent: Bool = false
    ) async throws(VaultError) -> Bool {
        let writing = ResealPage(page, position, key, walk, vault.id, isUrgent: isUrgent)
        let outcome = try await vault.write { transaction, pen throws(StoreError) in
            try writing.write(in: transaction, pen)
        }
        switch outcome {
        case .written(let written, let isWhole):
            position = written
            return isWhole
        case .stale:
            try await walk.reload()
            return false
        }
    }

    /// Ends the walk: begins another where keys were rotated meanwhile, else ends what is not
    /// needed any more.
    private func finish(
        _ walk: inout ResealWalk, _ position: inout ResealPosition
    ) async throws(VaultError) -> ResealProgress {
        try await walk.reload()
        let target = try await walk.target()
        if target != position.target {
            position = ResealPosition(target: target)
            position.progress.totalCount = try await walk.count()
            state = .walking(walk, position, next: nil)
            return position.progress
        }
        position.progress.damaged = walk.damaged
        if !options.isDryRun {
            let tallies = UnreadableTally.all(position.progress.unreadable, walk)
            guard try await endFingerprintKeys(walk, &position) else {
                state = .walking(walk, position, next: nil)
                return position.progress
            }
            let (id, key, deed) = (vault.id, key, event(position.progress.summary))
            try await vault.write { transaction, pen throws(StoreError) in
                _ = try transaction.delete(.jobs, key: key)
                try pen.append([deed])
                for tally in tallies { try tally.store(in: transaction, id, pen.sealKey) }
            }
        }
        state = .over
        position.progress.isFinished = true
        return position.progress
    }

    /// Ends fingerprint keys that have a successor, unless a card is found by them alone; and
    /// removes the search rows of ended ones. Tells whether the keys were still those that were
    /// walked for: what was rotated meanwhile needs another walk.
    private func endFingerprintKeys(
        _ walk: ResealWalk, _ position: inout ResealPosition
    ) async throws(VaultError) -> Bool {
        for scope in walk.keys.keys.sorted() {
            let known = try await vault.unlessDamaged(scope) { () throws(VaultError) in
                try await vault.authenticKeySet(of: scope)
            }
            guard let known else {
                position.progress.damaged.append(scope)
                continue
            }
            guard let set = known else { continue }
            guard set.epoch == walk.keys[scope]?.epoch else { return false }
            var over = set.keys.filter { $0.key.purpose == .fingerprint && $0.fence != .sealing }
            let end = try FingerprintKeyEnd(set, vault, caller, options)
            switch try await end?.take() {
            case .stale: return false
            case .blocked(let lagging): position.progress.note(lagging, of: scope)
            case .ended(let keys):
                position.progress.ended += keys.map(\.key.id)
                over += keys
            case nil: break
            }
            for row in over { try await deleteRows(of: row.number) }
        }
        return true
    }

    private func deleteRows(of number: KeyNumber) async throws(VaultError) {
        // A look costs less than a transaction, and most ended keys have none left.
        let hasAny = try await VaultError.store { () throws(StoreError) in
            try await vault.store.read { reader throws(StoreError) in
                try reader.hasAny(.fingerprint, of: number)
            }
        }
        guard hasAny else { return }
        var count = Self.deletionLimit
        while count == Self.deletionLimit {
            count = try await vault.write { transaction, pen throws(StoreError) in
                try pen.requireLatest()
                return try transaction.deleteFingerprints(
                    of: number, limit: Self.deletionLimit)
            }
        }
    }

    private func event(_ purpose: String) -> AuditEvent {
        vault.event(.reseal, .done, by: caller, purpose: AuditText(purpose), scope: scope)
    }

    /// Keeps to the rate.
    private func rest(
        since begin: ContinuousClock.Instant, cardCount: Int
    ) async throws(VaultError) {
        guard let rate = options.rate else { return }
        let due = Duration.seconds(Double(cardCount) / Double(max(rate, 1)))
        let left = due - begin.duration(to: .now)
        guard left > .zero else { return }
        do {
            try await Task.sleep(for: left)
        } catch {
            throw VaultError(.cancelled)
        }
    }
}

extension ResealProgress {
    /// What goes on record at the end.
    fileprivate var summary: String {
        "walked \(walkedCount), sealed \(resealedCount), indexed \(indexedCount), "
            + "unreadable \(unreadableCount), changed \(changedCount), ended \(ended.count)"
    }
}
