// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
public import CardKeys

/// One merchant's or tenant's part of a vault, in the name of one actor. Every call on a card goes
/// through it.
///
/// A token of another scope is `notFound`, the same as none.
public struct Scope: Sendable {
    /// The name.
    public let id: ScopeID
    let vault: Vault
    /// In whose name deeds go on record.
    let caller: Caller

    init(vault: Vault, id: ScopeID, caller: Caller) {
        self.vault = vault
        self.id = id
        self.caller = caller
    }

    /// Runs `body` with the scope's keys; when it finds nothing, and the store has a later key set
    /// than those keys, once more with the later keys. Only then is a miss an answer.
    func withKeys<R: ~Copyable>(
        _ body: (ScopeKeys) async throws(VaultError) -> R?
    ) async throws(VaultError) -> R? {
        try vault.checkProcess()
        let keys = try await vault.keys(of: id)
        if let answer = try await body(keys) { return answer }
        guard try await vault.isStale(keys) else { return nil }
        return try await body(try await vault.keys(after: keys))
    }

    /// Runs `body` with the scope's keys, and with later ones whenever it returns nil, having seen
    /// that the store has some. That no key may seal is an answer only under the latest.
    func withLatestKeys<R: ~Copyable>(
        _ body: (ScopeKeys) async throws(VaultError) -> R?
    ) async throws(VaultError) -> R {
        try vault.checkProcess()
        var keys = try await vault.keys(of: id)
        for _ in 0..<Vault.reloadLimit {
            do throws(VaultError) {
                if let answer = try await body(keys) { return answer }
            } catch {
                guard error.isOfSealing else { throw error }
                guard try await vault.hasLater(than: keys) else { throw error }
            }
            keys = try await vault.keys(after: keys)
        }
        throw VaultError(store: StoreError(.busy))
    }

    /// The record of a token when it belongs to the scope. Whether its time is over is asked once
    /// it is opened: before that anybody may have said so.
    func record(
        _ token: Token, _ keys: ScopeKeys
    ) async throws(VaultError) -> CardRecord? {
        let record = try await VaultError.store { () throws(StoreError) in
            try await vault.store.card(token)
        }
        return record.flatMap { keys.owns($0.key) ? $0 : nil }
    }
}

/// Deeds on record.
extension Scope {
    /// An event of now in this scope.
    func event(
        _ action: AuditAction, _ outcome: AuditOutcome, purpose: AuditText? = nil,
        _ subject: AuditSubject = .none
    ) -> AuditEvent {
        vault.event(
            action, outcome, by: caller, purpose: purpose, scope: id, subject)
    }

    /// Runs `body`, and puts a refusal on record before it is thrown.
    func onRecord<R: ~Copyable>(
        _ action: AuditAction, purpose: AuditText? = nil, _ subject: AuditSubject = .none,
        _ body: () async throws(VaultError) -> R
    ) async throws(VaultError) -> R {
        do throws(VaultError) {
            return try await body()
        } catch {
            if error.isRefusal {
                let named = error.namedToken.map(AuditSubject.token) ?? subject.withoutCardNumbers
                try await vault.record([
                    event(action, .refused(error.code), purpose: purpose, named)
                ])
            }
            throw error
        }
    }

    /// Runs `body` with a purpose that may go on record.
    ///
    /// - Throws: `badPurpose`, which is on record without it.
    func onRecord<R: ~Copyable>(
        _ action: AuditAction, for purpose: String, _ subject: AuditSubject,
        _ body: (AuditText) async throws(VaultError) -> R
    ) async throws(VaultError) -> R {
        let text = AuditText(purpose)
        return try await onRecord(action, purpose: text, subject) { () throws(VaultError) in
            guard let text else { throw VaultError(.badPurpose) }
            return try await body(text)
        }
    }
}
