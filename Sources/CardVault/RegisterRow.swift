// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
internal import CardKeys

/// Lists that a vault keeps in its store beside the cards. The raw value is the name there.
public enum Register: String, Sendable, CaseIterable {
    /// How far each job has come.
    case jobs
    /// Which copies of the store were made.
    case backups
}

/// A row of a register: what stands in it is the vault's own business, and authentic by its code.
public struct RegisterRow: Hashable, Sendable {
    /// The register.
    public let register: Register
    /// What tells it from the other rows: at most 128 bytes.
    public let key: [UInt8]
    /// What is said.
    public let content: [UInt8]
    /// The seal key that made the code.
    public let sealKey: KeyID
    /// The code of the row, 32 bytes.
    public let code: [UInt8]

    /// Takes a row as it was stored.
    public init(
        register: Register, key: [UInt8], content: [UInt8], sealKey: KeyID, code: [UInt8]
    ) {
        self.register = register
        self.key = key
        self.content = content
        self.sealKey = sealKey
        self.code = code
    }

    /// A row with its code made.
    init(
        _ register: Register, key: [UInt8], content: [UInt8], in vault: VaultID,
        sealedBy sealKey: borrowing SealKey
    ) {
        self.register = register
        self.key = key
        self.content = content
        self.sealKey = sealKey.id
        code = sealKey.code(for: Self.frame(vault, register, key, content, sealKey.id))
    }

    /// Whether the row is as it was written.
    func isAuthentic(in vault: VaultID, under sealKey: borrowing SealKey) -> Bool {
        sealKey.verifies(
            code, for: Self.frame(vault, register, key, content, self.sealKey))
    }

    private static func frame(
        _ vault: VaultID, _ register: Register, _ key: [UInt8], _ content: [UInt8],
        _ sealKey: KeyID
    ) -> Frame {
        var frame = Frame("card-vault/1 row", capacity: 128 + key.count + content.count)
        frame.append(vault.bytes)
        frame.append(register.rawValue)
        frame.append(key)
        frame.append(content)
        frame.append(sealKey.bytes)
        return frame
    }
}

extension Vault {
    /// Whether a row of a register is as it was written.
    func isAuthentic(_ row: RegisterRow) -> Bool {
        guard let sealKey = try? sealKey(row.sealKey) else { return false }
        return row.isAuthentic(in: id, under: sealKey.key)
    }
}
