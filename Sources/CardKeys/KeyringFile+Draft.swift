// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import SecretMemory

extension KeyringFile {
    /// Makes a new vault's keyring in memory: a root key, a slot, the vault's keys and one scope.
    ///
    /// Nothing is written: the store comes first. `Vault.initialize` writes both in their order.
    ///
    /// - Parameters:
    ///   - path: where the file is to be.
    ///   - passphrase: of the first custodian.
    ///   - scope: the name of the first scope.
    ///   - binDigitCount: how many leading digits of a 16-digit PAN the store shows: 6 or 8.
    ///   - cost: what a guess at the passphrase costs.
    ///   - moment: now.
    ///   - locking: what to do when key memory cannot be locked.
    /// - Throws: ``KeyringError``.
    public static func draft(
        at path: String, passphrase: borrowing Passphrase, scope: ScopeID, binDigitCount: Int = 6,
        cost: Argon2id = .standard, moment: Timestamp = .now(), locking: MemoryLocking = .required
    ) throws(KeyringError) -> KeyringFile {
        try draft(
            in: KeyringPath(path), passphrase: passphrase, scope: scope,
            binDigitCount: binDigitCount, cost: cost, moment: moment, locking: locking)
    }

    /// Makes a new vault's keyring in memory, to be written to any source.
    ///
    /// - Parameters:
    ///   - source: where the keyring is to be.
    ///   - passphrase: of the first custodian.
    ///   - scope: the name of the first scope.
    ///   - binDigitCount: how many leading digits of a 16-digit PAN the store shows: 6 or 8.
    ///   - cost: what a guess at the passphrase costs.
    ///   - moment: now.
    ///   - locking: what to do when key memory cannot be locked.
    /// - Throws: ``KeyringError``.
    public static func draft(
        in source: any KeyringSource, passphrase: borrowing Passphrase, scope: ScopeID,
        binDigitCount: Int = 6, cost: Argon2id = .standard, moment: Timestamp = .now(),
        locking: MemoryLocking = .required
    ) throws(KeyringError) -> KeyringFile {
        let slab = try reserve(locking)
        let vault = VaultID.random()
        let root = try KeyringError.memory { () throws(SecretMemoryError) in
            try RootKey.generate(in: slab)
        }
        let slot = try KeyringError.memory { () throws(SecretMemoryError) in
            try CustodySlot(sealing: root, in: vault, with: passphrase, cost: cost, slab: slab)
        }
        return try draft(
            in: source, of: vault, root: SharedRoot(root), slots: [slot], slab: slab, scope: scope,
            binDigitCount: binDigitCount, moment: moment)
    }

    /// Makes the first keyring of a vault around its root key.
    static func draft(
        in source: any KeyringSource, of vault: VaultID, root: SharedRoot, slots: [CustodySlot],
        slab: KeySlab, scope: ScopeID, binDigitCount: Int, moment: Timestamp
    ) throws(KeyringError) -> KeyringFile {
        precondition(binDigitCount == 6 || binDigitCount == 8, "a BIN has 6 or 8 digits")
        var entries: [KeyringEntry] = []
        for purpose in [KeyPurpose.hold, .audit, .seal] {
            entries.append(
                try makeEntry(
                    purpose, scope: nil, vault: vault, at: moment, root: root.key, slab: slab))
        }
        entries.append(
            try makeEntry(
                .scope, scope: scope, vault: vault, at: moment, root: root.key, slab: slab))
        let keyring = Keyring(
            vault: vault, created: moment, generation: 1, required: 1,
            binDigitCount: binDigitCount, slots: slots,
            scopes: [KeyringScope(id: scope, created: moment, tokens: .timeOrdered)],
            entries: entries)
        return KeyringFile(
            source: source, slab: slab, opened: OpenedKeyring(root: root, keyring: keyring))
    }

    /// Makes a key of the keyring and wraps it.
    static func makeEntry(
        _ purpose: KeyPurpose, scope: ScopeID?, sequence: UInt64 = 1, state: KeyState = .active,
        vault: VaultID, at moment: Timestamp, root: borrowing RootKey, slab: KeySlab
    ) throws(KeyringError) -> KeyringEntry {
        let suite: Suite = purpose == .scope ? .xchacha20Poly1305 : .hmacSHA256
        let material = try KeyringError.memory { () throws(SecretMemoryError) in
            try KeyMaterial.generate(purpose: purpose, suite: suite, in: slab)
        }
        let key = KeyDescriptor(
            material, scope: scope, sequence: sequence, state: state, at: moment)
        return KeyringEntry(
            key: key, box: root.wrappingKey.wrap(material, as: key.binding(in: vault)))
    }
}
