// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
internal import CardKeys

/// The store's memory of the keyring: which was the newest it has seen, and which is the oldest it
/// takes.
///
/// A keyring put back from an older copy, or grown apart from this one, is refused by it.
public struct Pin: Hashable, Sendable {
    /// The vault.
    public let vault: VaultID
    /// The newest generation seen.
    public let generation: UInt64
    /// The code of the keyring file of that generation, 32 bytes.
    public let keyringCode: [UInt8]
    /// The oldest generation that may still be opened.
    public let required: UInt64
    /// How many audit chains the store has: 1, or 0 before the first release that keeps a log. An
    /// audit log that is gone is missed by it.
    public let auditChainCount: UInt8
    /// The seal key that made the code of this row.
    public let sealKey: KeyID
    /// The code of this row, 32 bytes.
    public let code: [UInt8]

    /// Takes a pin as it was stored.
    public init(
        vault: VaultID, generation: UInt64, keyringCode: [UInt8], required: UInt64,
        auditChainCount: UInt8, sealKey: KeyID, code: [UInt8]
    ) {
        self.vault = vault
        self.generation = generation
        self.keyringCode = keyringCode
        self.required = required
        self.auditChainCount = auditChainCount
        self.sealKey = sealKey
        self.code = code
    }

    /// The pin on `keyring` in a store that keeps an audit log, with its code made.
    init(on keyring: Keyring, required: UInt64, sealedBy sealKey: borrowing SealKey) {
        let row = Self.frame(
            keyring.vault, keyring.generation, keyring.code, required, 1, sealKey.id)
        self.init(
            vault: keyring.vault, generation: keyring.generation, keyringCode: keyring.code,
            required: required, auditChainCount: 1, sealKey: sealKey.id,
            code: sealKey.code(for: row))
    }

    /// The pin of a store that begins its audit log, on the keyring that it was on.
    func keepingLog(sealedBy sealKey: borrowing SealKey) -> Pin {
        sealed(by: sealKey, auditChainCount: 1)
    }

    /// The same pin with its code made by another seal key.
    func sealed(by sealKey: borrowing SealKey) -> Pin {
        sealed(by: sealKey, auditChainCount: auditChainCount)
    }

    private func sealed(by sealKey: borrowing SealKey, auditChainCount: UInt8) -> Pin {
        let row = Self.frame(
            vault, generation, keyringCode, required, auditChainCount, sealKey.id)
        return Pin(
            vault: vault, generation: generation, keyringCode: keyringCode, required: required,
            auditChainCount: auditChainCount, sealKey: sealKey.id, code: sealKey.code(for: row))
    }

    /// Whether the pin is as it was written.
    func isAuthentic(under sealKey: borrowing SealKey) -> Bool {
        let row = Self.frame(
            vault, generation, keyringCode, required, auditChainCount, self.sealKey)
        return sealKey.verifies(code, for: row)
    }

    /// Refuses a keyring that is older than those seen, or grown apart from them. The pin is
    /// authentic.
    ///
    /// - Throws: `keyringOlder`, `keyringForked`.
    func check(_ keyring: Keyring) throws(VaultError) {
        guard keyring.generation >= required else { throw VaultError(.keyringOlder) }
        guard keyring.generation != generation || keyring.code == keyringCode else {
            throw VaultError(.keyringForked)
        }
    }

    private static func frame(
        _ vault: VaultID, _ generation: UInt64, _ keyringCode: [UInt8], _ required: UInt64,
        _ auditChainCount: UInt8, _ sealKey: KeyID
    ) -> Frame {
        var frame = Frame("card-vault/1 row")
        frame.append(vault.bytes)
        frame.append("pin")
        frame.append(UInt64(1))  // the key of the only row
        frame.append(generation)
        frame.append(keyringCode)
        frame.append(required)
        frame.append(sealKey.bytes)
        // The rows of release 0.1.0 had no such field.
        if auditChainCount > 0 { frame.append(auditChainCount) }
        return frame
    }
}
