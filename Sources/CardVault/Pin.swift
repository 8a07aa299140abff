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
    /// The seal key that made the code of this row.
    public let sealKey: KeyID
    /// The code of this row, 32 bytes.
    public let code: [UInt8]

    /// Takes a pin as it was stored.
    public init(
        vault: VaultID, generation: UInt64, keyringCode: [UInt8], required: UInt64,
        sealKey: KeyID, code: [UInt8]
    ) {
        self.vault = vault
        self.generation = generation
        self.keyringCode = keyringCode
        self.required = required
        self.sealKey = sealKey
        self.code = code
    }

    /// The pin on `keyring`, with its code made.
    init(on keyring: Keyring, required: UInt64, sealedBy sealKey: borrowing SealKey) {
        let row = Self.frame(
            keyring.vault, keyring.generation, keyring.code, required, sealKey.id)
        self.init(
            vault: keyring.vault, generation: keyring.generation, keyringCode: keyring.code,
            required: required, sealKey: sealKey.id, code: sealKey.code(for: row))
    }

    /// Whether the pin is as it was written.
    func isAuthentic(under sealKey: borrowing SealKey) -> Bool {
        sealKey.verifies(
            code, for: Self.frame(vault, generation, keyringCode, required, self.sealKey))
    }

    private static func frame(
        _ vault: VaultID, _ generation: UInt64, _ keyringCode: [UInt8], _ required: UInt64,
        _ sealKey: KeyID
    ) -> Frame {
        var frame = Frame("card-vault/1 row")
        frame.append(vault.bytes)
        frame.append("pin")
        frame.append(UInt64(1))  // the key of the only row
        frame.append(generation)
        frame.append(keyringCode)
        frame.append(required)
        frame.append(sealKey.bytes)
        return frame
    }
}
