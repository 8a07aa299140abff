// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardKeys

/// Checks an export or an archive of an audit log line by line, without the store.
public struct AuditExportCheck: Sendable {
    /// Bytes that a line has at most.
    public static let lineByteLimit = 1 << 18

    private let vault: VaultID
    private let keys: AuditReader
    private var verifier: AuditVerifier
    private var end: AuditHead?
    private var lineCount = 0

    /// - Parameters:
    ///   - keyring: of the vault that the export is of.
    ///   - anchors: heads that were kept elsewhere.
    /// - Throws: `otherVault` when an anchor is another vault's.
    public init(
        keyring: KeyringFile, anchors: [AuditAnchor] = []
    ) throws(VaultError) {
        let vault = keyring.current().vault
        guard anchors.allSatisfy({ $0.vault == vault }) else { throw VaultError(.otherVault) }
        self.vault = vault
        keys = AuditReader(keyring)
        verifier = AuditVerifier(vault: vault, first: nil, anchors: anchors)
    }

    /// Checks the next line, without its newline.
    ///
    /// A line that no export has is a fault, which the verdict names.
    ///
    /// - Throws: `auditFile` naming the line when it follows the last of an export.
    public mutating func check(_ line: String) throws(VaultError) {
        lineCount += 1
        guard end == nil else { throw VaultError(.auditFile, subject: "line \(lineCount)") }
        if let exported = ExportedAuditEntry(json: line) {
            let key = keys.auditKey(exported.keyID)
            verifier.check(
                StoredAuditEntry(
                    sequence: exported.entry.sequence, bytes: exported.entry.bytes)
            ) { _ in key }
        } else if let end = AuditHead(json: line, of: vault) {
            guard keys.verifies(end.sealKey, { end.isAuthentic(in: vault, under: $0) }) else {
                verifier.noteAlteredEnd()
                return
            }
            self.end = end
        } else {
            verifier.noteAlteredLine()
        }
    }

    /// Ends the check.
    public mutating func finish() -> AuditVerdict { verifier.finish(end, isExport: true) }
}
