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
    /// - Parameter isToChange: whether the keyring is about to be changed. One that is older than
    ///   the pin would then grow apart from it, and is refused.
    func checkPin(isToChange: Bool = false) async throws(VaultError) {
        guard !store.isEphemeral else { return }
        while true {
            let (vault, pin, hasCards) = try await readPin()
            // The pin may be sealed by a key that is new in the file.
            if let pin, keyring.current().key(pin.sealKey) == nil { _ = try readKeyring() }
            let keyring = keyring.current()
            guard vault == keyring.vault else { throw VaultError(.otherVault) }
            if let pin {
                try check(keyring, against: pin)
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

    private func readPin() async throws(VaultError) -> (VaultID?, Pin?, hasCards: Bool) {
        try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in
                (try reader.vault(), try reader.pin(), try reader.hasCards())
            }
        }
    }

    private func check(_ keyring: Keyring, against pin: Pin) throws(VaultError) {
        let sealKey = try sealKey(pin.sealKey)
        guard pin.isAuthentic(under: sealKey.key), pin.vault == keyring.vault else {
            throw VaultError(.integrity, subject: "pin")
        }
        guard keyring.generation >= pin.required else { throw VaultError(.keyringOlder) }
        guard keyring.generation != pin.generation || keyring.code == pin.keyringCode else {
            throw VaultError(.keyringForked)
        }
    }

    /// Writes the pin on `keyring` if it is still `pin`, and the store still this vault's: until it
    /// has a pin, `initialize` may make it another's. Tells whether it was.
    ///
    /// What changed in the keyring file alone goes on record in the same transaction.
    private func raise(_ pin: Pin?, to keyring: Keyring) async throws(VaultError) -> Bool {
        let sealKey = try primarySealKey()
        let required = max(pin?.required ?? 1, keyring.required)
        let raised = Pin(on: keyring, required: required, sealedBy: sealKey.key)
        try VaultError.keyring { () throws(KeyringError) in try self.keyring.syncName() }
        let change = event(.keyring, .done, purpose: AuditText("generation \(keyring.generation)"))
        return try await write { transaction, pen throws(StoreError) in
            guard try transaction.vault() == raised.vault, try transaction.pin() == pin else {
                return false
            }
            try pen.append([change])
            try transaction.put(raised)
            return true
        }
    }

    /// Begins the audit log of a store that a release without one has made.
    private func beginLog(_ pin: Pin) async throws(VaultError) {
        let begun = pin.keepingLog(sealedBy: try primarySealKey().key)
        let start = event(.start, .done)
        try await write { transaction, pen throws(StoreError) in
            guard try transaction.pin() == pin else { return }
            try pen.start(with: [start])
            try transaction.put(begun)
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
        let sealKey = try primarySealKey()
        let keys = try KeySetDraft(scope: scope, of: keyring, at: now(), suite: suite)
        let time = now()
        let caller = caller
        try await write { transaction, pen throws(StoreError) in
            guard try transaction.epoch(of: scope) == nil else { return }
            let set = try keys.store(in: transaction, sealedBy: sealKey)
            try pen.append([set.making(at: time, by: caller)])
        }
    }
}
