// SPDX-License-Identifier: Apache-2.0
internal import CardKeys

/// How deeds are written, and put on record.
extension Vault {
    /// How often a call takes later keys, the store having moved on meanwhile, before it gives up.
    static let reloadLimit = 16

    /// Runs `body` in a transaction, perhaps with those of other tasks, and returns when it is
    /// durable. What it appends to the audit log is durable with it.
    ///
    /// - Parameter revealing: whether something is to be revealed after it. Then a disk that does
    ///   not answer is an error, and not waited for.
    func write<R: Sendable>(
        revealing: Bool = false,
        _ body: @escaping @Sendable (any StoreTransaction, AuditPen) throws(StoreError) -> R
    ) async throws(VaultError) -> R {
        try checkProcess()
        var keys = try await vaultKeys()
        for _ in 0..<Self.reloadLimit {
            do throws(WriteError) {
                return try await writer.write(under: keys.audit, isImpatient: revealing, body)
            } catch {
                switch error {
                case .store(let error): throw VaultError(store: error)
                case .refused(let refusal): throw refusal
                case .stale: keys = try await vaultKeys(after: keys)
                }
            }
        }
        throw VaultError(store: StoreError(.busy))
    }

    /// Puts events on record. What they tell of may be revealed when this returns.
    func record(_ events: [AuditEvent]) async throws(VaultError) {
        guard !events.isEmpty else { return }
        try await write(revealing: true) { _, pen throws(StoreError) in try pen.append(events) }
    }

    /// An event of now.
    func event(
        _ action: AuditAction, _ outcome: AuditOutcome, by caller: Caller? = nil,
        purpose: AuditText? = nil, scope: ScopeID? = nil, _ subject: AuditSubject = .none
    ) -> AuditEvent {
        AuditEvent(
            time: now(), caller: caller ?? self.caller, action: action, outcome: outcome,
            purpose: purpose, scope: scope, subject: subject)
    }
}

extension VaultError {
    /// Whether a caller was refused, which goes on record; not so where the vault could not do its
    /// work.
    var isRefusal: Bool {
        switch code {
        case .store: store?.code == .corrupt
        case .forked, .cancelled, .memory, .keyringMissing, .keyringFile, .keyringBusy,
            .keyringMalformed, .keyringVersion, .keyringIntegrity, .keyringOlder, .keyringForked,
            .needsUnlock, .otherVault, .notInitialized, .auditFile:
            false
        default: true
        }
    }

    /// Whether no key may seal: with later keys than those at hand it may be otherwise.
    var isOfSealing: Bool { code == .noSealingKey || code == .keyExpired }

    /// The token that an error names: one of the store.
    var namedToken: Token? { subject.flatMap { try? Token($0) } }
}

extension SweptRecords {
    /// What goes on record of it.
    func events(
        at moment: Timestamp, by caller: Caller, in scope: ScopeID? = nil
    ) -> [AuditEvent] {
        var subjects: [AuditSubject] = []
        for tokens in tokens.runs(of: AuditSubject.idLimit) {
            subjects.append(.tokens(tokens, askedCount: tokens.count))
        }
        for holds in holds.runs(of: AuditSubject.idLimit) { subjects.append(.holds(holds)) }
        return subjects.map {
            AuditEvent(
                time: moment, caller: caller, action: .expire, outcome: .done, scope: scope,
                subject: $0)
        }
    }
}

extension Array {
    /// Runs of at most `count` elements; none of an empty array.
    func runs(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map {
            Array(self[$0..<Swift.min($0 + count, self.count)])
        }
    }
}
