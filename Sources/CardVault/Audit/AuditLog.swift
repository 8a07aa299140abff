// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardKeys

/// The audit log of a store, to be checked without opening the vault: what was tampered with can be
/// checked too, and no record is written.
public struct AuditLog: Sendable {
    /// How many entries are read at a time.
    static let pageCount = 1_000

    private let keyring: KeyringFile
    private let store: any VaultStore

    /// The log of `store`, which is the one of `keyring` or a copy of it.
    public init(keyring: KeyringFile, store: any VaultStore) {
        self.keyring = keyring
        self.store = store
    }

    /// Checks every entry that the store has, and the sealed end.
    ///
    /// - Parameter anchors: heads that were kept elsewhere; those of other vaults are an error.
    /// - Throws: ``VaultError``: `otherVault`, `notInitialized`, `integrity` when the keys of the
    ///   vault were altered, or what the store said. A fault of the log is not thrown: it is in the
    ///   verdict.
    public func verify(against anchors: [AuditAnchor] = []) async throws(VaultError) -> AuditVerdict
    {
        let vault = keyring.current().vault
        guard anchors.allSatisfy({ $0.vault == vault }) else { throw VaultError(.otherVault) }
        let keyring = keyring
        let found = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in
                try Self.verify(reader, keyring, anchors, ofPresent: false)
            }
        }
        switch found {
        case .verdict(let verdict): return verdict
        case .otherVault: throw VaultError(.otherVault)
        case .noKeys: throw VaultError(.notInitialized)
        case .alteredKeys: throw VaultError(.integrity, subject: "key set")
        }
    }

    private enum Finding: Sendable {
        case verdict(AuditVerdict)
        case otherVault, noKeys, alteredKeys
    }

    /// Whether the log of the store in use, which `reader` sees, is as it was written, from its
    /// first kept entry to its end.
    static func isWhole(
        in reader: any StoreReader, _ keyring: KeyringFile
    ) throws(StoreError) -> Bool {
        guard
            case .verdict(let verdict) =
                try verify(reader, keyring, [], ofPresent: true)
        else { return false }
        return verdict.fault == nil
    }

    private static func verify(
        _ reader: any StoreReader, _ keyring: KeyringFile, _ anchors: [AuditAnchor],
        ofPresent isPresent: Bool
    ) throws(StoreError) -> Finding {
        let vault = keyring.current().vault
        guard try reader.vault() == vault else { return .otherVault }
        guard let set = try reader.keySet(of: nil) else { return .noKeys }
        let keys = AuditReader(keyring, set, ofPresent: isPresent)
        guard keys.verifies(set.sealKey, { set.isAuthentic(in: vault, under: $0) }) else {
            return .alteredKeys
        }
        return .verdict(try verify(reader, keys, vault, anchors))
    }

    private static func verify(
        _ reader: any StoreReader, _ keys: AuditReader, _ vault: VaultID, _ anchors: [AuditAnchor]
    ) throws(StoreError) -> AuditVerdict {
        let head = try reader.auditHead()
        if head == nil, anchors.isEmpty, try hasNotBegun(reader, keys) {
            return AuditVerdict(
                first: 1, last: 0, fault: nil, unvouched: nil, isComplete: false,
                anchoredThrough: nil, earlierAnchorCount: 0, laterAnchorCount: 0)
        }
        let sealed = head.flatMap { head in
            keys.verifies(head.sealKey) { head.isAuthentic(in: vault, under: $0) } ? head : nil
        }
        var verifier = AuditVerifier(vault: vault, first: sealed?.firstKept, anchors: anchors)
        try reader.forEachAuditEntry(from: 0) { entry in
            verifier.check(entry, key: keys.auditKey)
            return verifier.fault == nil
        }
        if sealed == nil { verifier.noteAlteredEnd() }
        return verifier.finish(sealed)
    }

    /// Whether the store was last opened by a release that kept no log, as its sealed pin says.
    private static func hasNotBegun(
        _ reader: any StoreReader, _ keys: AuditReader
    ) throws(StoreError) -> Bool {
        guard let pin = try reader.pin(), pin.auditChainCount == 0,
            try reader.auditEntries(from: 0, limit: 1).isEmpty
        else { return false }
        return keys.verifies(pin.sealKey) { pin.isAuthentic(under: $0) }
    }
}

extension StoreReader {
    /// Reads the entries from a place on, page by page, until `body` says false.
    func forEachAuditEntry(
        from sequence: UInt64, _ body: (StoredAuditEntry) throws(StoreError) -> Bool
    ) throws(StoreError) {
        var next = sequence
        while true {
            let page = try auditEntries(from: next, limit: AuditLog.pageCount)
            for entry in page where try !body(entry) { return }
            guard let last = page.last?.sequence, page.count == AuditLog.pageCount else { return }
            next = last + 1
        }
    }
}
