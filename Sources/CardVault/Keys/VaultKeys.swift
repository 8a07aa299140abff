// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// The keys of the vault itself at one epoch: those of holds and of the audit log.
final class VaultKeys: Sendable {
    let epoch: UInt64
    /// The generation of the keyring that they were read from.
    let generation: UInt64
    /// What the audit log is written with.
    let audit: AuditKeys
    /// The key that new holds are made under; nil when none may seal.
    let sealingHold: HoldKeyEntry?
    private let holdKeys: [KeyNumber: HoldKeyEntry]

    /// Unwraps what `set` names.
    ///
    /// - Throws: `noSealingKey` when no audit or seal key may be used: without a record nothing is
    ///   done.
    init(_ set: KeySet, keyring: KeyringFile) throws(VaultError) {
        let snapshot = keyring.current()
        epoch = set.epoch
        generation = snapshot.generation
        var holdKeys: [KeyNumber: HoldKeyEntry] = [:]
        for row in set.keys where row.key.purpose == .hold && row.fence.opens {
            guard let known = snapshot.key(row.key.id), known.state.opens else { continue }
            let material = try Self.unwrap(row.key.id, keyring)
            holdKeys[row.number] = HoldKeyEntry(
                row.number, known, material, slab: keyring.slab)
        }
        self.holdKeys = holdKeys
        sealingHold = Self.primary(.hold, in: set, snapshot).flatMap { holdKeys[$0.number] }
        guard let audit = Self.primary(.audit, in: set, snapshot) else {
            throw VaultError(.noSealingKey, subject: "audit")
        }
        guard let seal = Self.primary(.seal, in: set, snapshot) else {
            throw VaultError(.noSealingKey, subject: "seal")
        }
        self.audit = try AuditKeys(
            keyring, epoch: set.epoch, number: audit.number, auditKey: audit.key.id,
            sealKey: seal.key.id)
    }

    /// A hold key that may still open; nil when the set has none of that number.
    func holdKey(_ number: KeyNumber) -> HoldKeyEntry? { holdKeys[number] }

    /// The stricter of the keyring's state and the store's fence decides.
    private static func primary(
        _ purpose: KeyPurpose, in set: KeySet, _ keyring: Keyring
    ) -> StoredKey? {
        set.keys
            .filter { row in
                row.key.purpose == purpose && row.fence == .sealing
                    && keyring.key(row.key.id)?.state.seals == true
            }
            .max { $0.key.sequence < $1.key.sequence }
    }

    private static func unwrap(
        _ id: KeyID, _ keyring: KeyringFile
    ) throws(VaultError) -> KeyMaterial {
        try VaultError.keyring { () throws(KeyringError) in try keyring.unwrap(id) }
    }
}

extension AuditKeys {
    /// Unwraps the audit key named, and every seal key that vouches for rows.
    init(
        _ keyring: KeyringFile, epoch: UInt64, number: KeyNumber, auditKey: KeyID, sealKey: KeyID
    ) throws(VaultError) {
        let snapshot = keyring.current()
        var sealKeys: [KeyID: SealKeyEntry] = [:]
        for key in snapshot.keys
        where key.purpose == .seal && key.state.opens && key.state != .compromised {
            sealKeys[key.id] = SealKeyEntry(
                try VaultError.keyring { () throws(KeyringError) in try keyring.unwrap(key.id) })
        }
        guard let sealKey = sealKeys[sealKey] else {
            throw VaultError(.noSealingKey, subject: "seal")
        }
        vault = snapshot.vault
        self.epoch = epoch
        self.number = number
        self.auditKey = AuditKeyEntry(
            try VaultError.keyring { () throws(KeyringError) in try keyring.unwrap(auditKey) })
        self.sealKey = sealKey
        self.sealKeys = sealKeys
    }
}
