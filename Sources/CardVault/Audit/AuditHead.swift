// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
internal import CardKeys

/// The end of the audit chain, sealed: how many entries there are, and the head over all of them.
///
/// It is read and written inside the transaction of each deed, so that nothing of the chain lives
/// in a process.
public struct AuditHead: Hashable, Sendable {
    /// The place of the last entry.
    public let sequence: UInt64
    /// The head after the last entry, 32 bytes.
    public let head: [UInt8]
    /// The place of the first entry that the store still has: those before it are archived.
    public let firstKept: UInt64
    /// The seal key that made the code of this row.
    public let sealKey: KeyID
    /// The code of this row, 32 bytes.
    public let code: [UInt8]

    /// Takes a head as it was stored.
    public init(
        sequence: UInt64, head: [UInt8], firstKept: UInt64, sealKey: KeyID, code: [UInt8]
    ) {
        self.sequence = sequence
        self.head = head
        self.firstKept = firstKept
        self.sealKey = sealKey
        self.code = code
    }

    /// A head with its code made.
    init(
        sequence: UInt64, head: [UInt8], firstKept: UInt64, in vault: VaultID,
        sealedBy sealKey: borrowing SealKey
    ) {
        let frame = Self.frame(vault, sequence, head, firstKept, sealKey.id)
        self.init(
            sequence: sequence, head: head, firstKept: firstKept, sealKey: sealKey.id,
            code: sealKey.code(for: frame))
    }

    /// Whether the head is as it was written.
    func isAuthentic(in vault: VaultID, under sealKey: borrowing SealKey) -> Bool {
        sealKey.verifies(code, for: Self.frame(vault, sequence, head, firstKept, self.sealKey))
    }

    private static func frame(
        _ vault: VaultID, _ sequence: UInt64, _ head: [UInt8], _ firstKept: UInt64,
        _ sealKey: KeyID
    ) -> Frame {
        var frame = Frame("card-vault/1 row")
        frame.append(vault.bytes)
        frame.append("audit_heads")
        frame.append(UInt64(AuditEntry.chain))
        frame.append(sequence)
        frame.append(head)
        frame.append(firstKept)
        frame.append(sealKey.bytes)
        return frame
    }
}
