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
    let actor: AuditText

    init(vault: Vault, id: ScopeID, actor: AuditText) {
        self.vault = vault
        self.id = id
        self.actor = actor
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

    /// How often a call takes later keys, the store having moved on meanwhile, before it gives up.
    static let reloadLimit = 16

    /// Runs `body` with the scope's keys, and with later ones whenever it returns nil, having seen
    /// that the store has some.
    func withLatestKeys<R: ~Copyable>(
        _ body: (ScopeKeys) async throws(VaultError) -> R?
    ) async throws(VaultError) -> R {
        try vault.checkProcess()
        var keys = try await vault.keys(of: id)
        for _ in 0..<Self.reloadLimit {
            if let answer = try await body(keys) { return answer }
            keys = try await vault.keys(after: keys)
        }
        throw VaultError(store: StoreError(.busy))
    }

    /// The record of a token when it belongs to the scope.
    func record(
        _ token: Token, _ keys: ScopeKeys
    ) async throws(VaultError) -> CardRecord? {
        let record = try await VaultError.store { () throws(StoreError) in
            try await vault.store.card(token)
        }
        return record.flatMap { keys.owns($0.key) ? $0 : nil }
    }
}
