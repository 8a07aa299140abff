// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardKeys
internal import Logging

/// Scopes whose keys somebody changed in the store: they stop no other.
extension Vault {
    /// The scopes whose key set is not as it was written, in the order of their making.
    ///
    /// What is asked of all scopes leaves them out: ``keyList()``, ``inventory()``,
    /// ``reseal(_:)``. A copy of the store has them as they are. Restore a copy, or ``shred(_:)``
    /// what is lost.
    ///
    /// - Throws: ``VaultError``.
    public func damagedScopes() async throws(VaultError) -> [ScopeID] {
        try checkProcess()
        var damaged: [ScopeID] = []
        for scope in keyring.current().scopes.map(\.id) {
            let keys = try await unlessDamaged(scope) { () throws(VaultError) in
                try await listedKeys(of: scope)
            }
            if keys == nil { damaged.append(scope) }
        }
        return damaged
    }

    /// Runs `body`; nil where the keys of a scope are not as they were written, or the keyring has
    /// none that they name. For the vault's own keys that is an error.
    func unlessDamaged<R>(
        _ scope: ScopeID?, _ body: () async throws(VaultError) -> R
    ) async throws(VaultError) -> R? {
        guard let scope else { return try await body() }
        do throws(VaultError) {
            if let result = try await VaultError.unlessDamaged(body) { return result }
        } catch {
            // Without a subject it is the keyring itself.
            guard error.code == .keyringIntegrity, error.subject != nil else { throw error }
        }
        log.error("a key set was altered", metadata: ["scope": "\(scope)"])
        return nil
    }
}
