// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// How keyring and store are held against each other when a vault is opened or a keyring read
/// again.
extension Vault {
    /// Checks that the store is this keyring's, that the keyring is not too old, and the vault's
    /// key set.
    func open() async throws(VaultError) {
        let vault = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.vault() }
        }
        if vault == nil && store.isEphemeral { try await storeVault() }
        guard let vault = vault ?? (store.isEphemeral ? keyring.current().vault : nil) else {
            throw VaultError(.notInitialized)
        }
        guard vault == keyring.current().vault else { throw VaultError(.otherVault) }
        try await checkPin()
        _ = try await vaultKeys()
    }

    /// Refuses a keyring that is older than the pin requires or grown apart from it, and raises the
    /// pin to one that is newer. The keyring is written first and the pin after it, so that a crash
    /// between the two leaves a pin that the next opening raises.
    ///
    /// - Parameters:
    ///   - isToChange: whether the keyring is about to be changed. One that is older than the pin
    ///     would then grow apart from it, and is refused.
    ///   - isRaised: whether the pin is raised; else the keyring is held against it only.
    func checkPin(
        isToChange: Bool = false, isRaised: Bool = true
    ) async throws(VaultError) {
        guard !store.isEphemeral else { return }
        var isReadAgain = false
        while true {
            let (vault, pin, hasCards) = try await readPin()
            // The keyring may be later than this pin: then the store has a later one too.
            if let pin, !isReadAgain, isOver(pin.sealKey) {
                isReadAgain = true
                continue
            }
            // The file may have been written since it was read here, and the pin raised after it.
            if let pin, isBehind(pin) {
                guard try readKeyring() else { throw VaultError(.needsUnlock) }
            }
            let keyring = keyring.current()
            guard vault == keyring.vault else { throw VaultError(.otherVault) }
            if let pin {
                try check(keyring, against: pin)
                guard isRaised else { return }
                if pin.auditChainCount == 0 {
                    try await beginLog(pin)
                    continue
                }
                guard keyring.generation > pin.generation else {
                    guard !isToChange || keyring.generation == pin.generation else {
                        throw VaultError(.keyringOlder)
                    }
                    return
                }
            } else if keyring.generation != 1 || hasCards {
                throw VaultError(.integrity, subject: "pin")
            }
            if try await raise(pin, to: keyring) { return }
        }
    }

    /// Whether store or keyring have anything later than what `keys` were read from. Asked before
    /// it is refused to seal: what a key may do, and for how long, may be newer.
    func hasLater(than keys: ScopeKeys) async throws(VaultError) -> Bool {
        try await hasLater(of: keys.scope.id, than: keys.epoch, keys.generation)
    }

    /// As above, for keys of any set.
    func hasLater(
        of scope: ScopeID?, than epoch: UInt64, _ generation: UInt64
    ) async throws(VaultError) -> Bool {
        guard try await self.epoch(of: scope) == epoch else { return true }
        try await reloadKeyring()
        return keyring.current().generation > generation
    }

    private func readPin() async throws(VaultError) -> (VaultID?, Pin?, hasCards: Bool) {
        try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in
                (try reader.vault(), try reader.pin(), try reader.hasCards())
            }
        }
    }

    /// Whether the pin was written with a later keyring in sight than was read here.
    private func isBehind(_ pin: Pin) -> Bool {
        let keyring = keyring.current()
        return keyring.generation < pin.required || !keyring.hasBegun(pin.sealKey)
    }

    private func check(_ keyring: Keyring, against pin: Pin) throws(VaultError) {
        // What is not known cannot be checked; it only says why this keyring is refused.
        let isOlder = keyring.key(pin.sealKey) == nil && pin.generation > keyring.generation
        guard !isOlder || needsUnlock else { throw VaultError(.keyringOlder) }
        let sealKey = try sealKey(pin.sealKey)
        guard pin.isAuthentic(under: sealKey.key), pin.vault == keyring.vault else {
            throw VaultError(.integrity, subject: "pin")
        }
        try pin.check(keyring)
    }

    /// Writes the pin on `keyring` if it is still `pin`, and the store still this vault's: until it
    /// has a pin, `initialize` may make it another's. Tells whether it was.
    ///
    /// What changed in the keyring file alone goes on record in the same transaction.
    private func raise(_ pin: Pin?, to keyring: Keyring) async throws(VaultError) -> Bool {
        let required = max(pin?.required ?? 1, keyring.required)
        try VaultError.keyring { () throws(KeyringError) in try self.keyring.settle() }
        let change = event(.keyring, .done, purpose: AuditText("generation \(keyring.generation)"))
        return try await write { transaction, pen throws(StoreError) in
            guard try transaction.vault() == keyring.vault, try transaction.pin() == pin else {
                return false
            }
            try pen.append([change])
            try transaction.put(Pin(on: keyring, required: required, sealedBy: pen.sealKey.key))
            return true
        }
    }

    /// Begins the audit log of a store that a release without one has made.
    private func beginLog(_ pin: Pin) async throws(VaultError) {
        let start = event(.start, .done)
        try await write { transaction, pen throws(StoreError) in
            guard try transaction.pin() == pin else { return }
            try pen.start(with: [start])
            try transaction.put(pin.keepingLog(sealedBy: pen.sealKey.key))
        }
    }

    /// Makes an empty store this vault's. For stores that are gone with their process.
    private func storeVault() async throws(VaultError) {
        let draft = try StoreDraft(keyring, scopes: [], by: caller, at: now())
        try await VaultError.store { () throws(StoreError) in
            try await store.write { transaction throws(StoreError) in
                guard try transaction.vault() == nil else { return }
                try draft.store(in: transaction)
            }
        }
    }

    /// Makes and stores the keys of a scope, unless the store has some by now.
    func storeKeySet(
        of scope: ScopeID, suite: Suite = .preferred
    ) async throws(VaultError) {
        let keys = try KeySetDraft(scope: scope, of: keyring, at: now(), suite: suite)
        let time = now()
        let caller = caller
        try await write { transaction, pen throws(StoreError) in
            guard try transaction.epoch(of: scope) == nil else { return }
            try pen.requireLatest()
            let set = try keys.store(in: transaction, sealedBy: pen.sealKey)
            try pen.append([set.making(at: time, by: caller)])
        }
    }
}
