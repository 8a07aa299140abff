// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys

/// Making a vault, and making scopes: what a custodian does, and a server never.
extension Vault {
    /// Makes a new vault: the store first and without a pin, then the keyring file, then the pin.
    ///
    /// A crash before the keyring file is there leaves nothing that opens, and this may be called
    /// again; a crash after it leaves a vault that opens.
    ///
    /// - Parameters:
    ///   - keyring: from `KeyringFile.draft`.
    ///   - store: an empty store, or one that an earlier call left without a pin and without cards.
    ///   - actor: who makes it, for the record.
    ///   - origin: from where.
    /// - Throws: ``VaultError``: `vaultExists` when there is a keyring file, or a store in use.
    public static func initialize(
        _ keyring: KeyringFile, store: any VaultStore, as actor: String = "unnamed",
        from origin: String? = nil
    ) async throws(VaultError) {
        let caller = try Caller(actor, from: origin)
        let lock = try await lock(keyring)
        defer { lock.release() }
        try VaultError.keyring { () throws(KeyringError) in try keyring.requireNoFile() }
        let draft = try StoreDraft(
            keyring, scopes: keyring.current().scopes, by: caller, at: keyring.current().created)
        let isMade = try await VaultError.store { () throws(StoreError) in
            try await store.write { transaction throws(StoreError) in
                guard try transaction.pin() == nil, try !transaction.hasCards() else {
                    return false
                }
                try draft.store(in: transaction)
                return true
            }
        }
        guard isMade else { throw VaultError(.vaultExists) }
        try VaultError.keyring { () throws(KeyringError) in try keyring.save(under: lock) }
        // Sets the pin.
        _ = try await Vault(keyring: keyring, store: store, as: actor, from: origin)
    }

    /// Takes the lock of a keyring, and holds no thread while it waits: whoever has the lock may
    /// need that thread to go on.
    static func lock(
        _ keyring: KeyringFile, patience: Duration = .seconds(10)
    ) async throws(VaultError) -> KeyringLock {
        try await lock(patience) { () throws(KeyringError) in try keyring.lock(patience: .zero) }
    }

    /// Takes the lock of a source, in the same way.
    static func lock(_ source: any KeyringSource) async throws(VaultError) -> KeyringLock {
        try await lock(.seconds(10)) { () throws(KeyringError) in
            try source.lock(patience: .zero)
        }
    }

    private static func lock(
        _ patience: Duration, _ take: () throws(KeyringError) -> KeyringLock
    ) async throws(VaultError) -> KeyringLock {
        let deadline = ContinuousClock.now + patience
        while true {
            do throws(KeyringError) {
                return try take()
            } catch {
                guard case .file(let cause) = error, cause.operation == .lock,
                    ContinuousClock.now < deadline
                else { throw VaultError(keyring: error) }
            }
            do {
                try await Task.sleep(for: .milliseconds(5))
            } catch {
                throw VaultError(.cancelled)
            }
        }
    }

    /// Makes a scope, or completes one whose making was cut off: the keyring entry first, then the
    /// keys in the store, then the pin.
    ///
    /// - Parameters:
    ///   - id: the name.
    ///   - tokens: how its opaque tokens are drawn.
    ///   - suite: what its data key seals with. Choose XChaCha20-Poly1305 for a store that machines
    ///     without AES instructions share. A suite that seals no boxes is a programming error.
    /// - Throws: ``VaultError``: `scopeExists` when nothing is left to do; `scopeShredded`, whose
    ///   name is not given again.
    public func addScope(
        _ id: ScopeID, tokens: KeyringScope.TokenStyle = .timeOrdered, suite: Suite = .preferred
    ) async throws(VaultError) {
        precondition(suite.sealsBoxes, "a data key seals boxes")
        try await changingKeys(.addScope, id) { lock, _ throws(VaultError) in
            try await makeScope(id, tokens: tokens, suite: suite, under: lock)
        }
    }

    private func makeScope(
        _ id: ScopeID, tokens: KeyringScope.TokenStyle, suite: Suite, under lock: KeyringLock
    ) async throws(VaultError) {
        guard !isShredded(id) else {
            throw VaultError(.scopeShredded, subject: id.description)
        }
        let isKnown = keyring.current().scope(id) != nil
        let hasKeys = try await authenticKeySet(of: id) != nil
        switch (isKnown, hasKeys) {
        case (true, true): throw VaultError(.scopeExists, subject: id.description)
        case (false, true): throw VaultError(.integrity, subject: "key set \(id)")
        case (true, false): try await refuseLostKeys(of: id)
        case (false, false):
            try VaultError.keyring { () throws(KeyringError) in
                try keyring.addScope(id, tokens: tokens, at: now(), under: lock)
            }
        }
        try await storeKeySet(of: id, suite: suite)
    }

    /// Tells a scope whose making was cut off from one whose key set somebody removed: then there
    /// are cards that no key of the store has sealed, and new keys would hide the loss.
    private func refuseLostKeys(of id: ScopeID) async throws(VaultError) {
        var numbers: Set<KeyNumber> = []
        for scope in keyring.current().scopes {
            guard let set = try await authenticKeySet(of: scope.id) else { continue }
            numbers.formUnion(set.keys.map(\.number))
        }
        let known = numbers
        let hasLost = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in
                try reader.hasCards(besides: known)
            }
        }
        guard !hasLost else { throw VaultError(.integrity, subject: "key set \(id)") }
    }
}
