// SPDX-License-Identifier: Apache-2.0
public import CardKeys

/// Reading the audit log, which is on record itself.
extension Vault {
    /// The last entries of the log, the oldest of them first.
    ///
    /// - Parameter count: how many at most, more than 0.
    /// - Throws: ``VaultError``.
    public func auditTail(_ count: Int) async throws(VaultError) -> [ExportedAuditEntry] {
        precondition(count > 0, "a tail has at least one entry")
        try checkProcess()
        try await record([event(.readAudit, .done)])
        let keys = try await auditReader()
        return try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in
                let last = try reader.auditHead()?.sequence ?? 0
                var entries: [ExportedAuditEntry] = []
                let first = last > UInt64(count) ? last - UInt64(count) + 1 : 1
                try reader.forEachAuditEntry(from: first) { stored throws(StoreError) in
                    entries.append(try keys.exported(stored))
                    return true
                }
                return entries
            }
        }
    }

    /// Lends the entries from a moment on to `body`, one by one, and then the last line of the
    /// export.
    ///
    /// - Parameters:
    ///   - moment: the first entry is the first that is not before it; nil for the first of all.
    ///   - entry: gets each entry.
    ///   - end: gets the line that ends an export of the whole rest of the log.
    /// - Throws: ``VaultError``, or what a closure throws.
    public func exportAudit(
        since moment: Timestamp? = nil, entry: (ExportedAuditEntry) throws -> Void,
        end: (String) throws -> Void
    ) async throws {
        try checkProcess()
        try await record([event(.exportAudit, .done)])
        let keys = try await auditReader()
        var next: UInt64 = 0
        var hasBegun = moment == nil
        while true {
            let (page, head) = try await auditPage(from: next)
            for stored in page {
                let exported = try keys.exported(stored)
                if let moment, !hasBegun { hasBegun = exported.entry.event.time >= moment }
                if hasBegun { try entry(exported) }
                next = stored.sequence + 1
            }
            guard page.count < AuditLog.pageCount else { continue }
            guard let head, head.sequence + 1 == next else {
                throw VaultError(.integrity, subject: "audit log")
            }
            return try end(head.json(of: id))
        }
    }

    /// The end of the log, to be kept where those who hold the keys cannot change it.
    ///
    /// - Throws: ``VaultError``: `integrity` when it is not as it was written.
    public func auditAnchor() async throws(VaultError) -> AuditAnchor {
        try checkProcess()
        try await record([event(.anchorAudit, .done)])
        let keys = try await auditReader()
        let head = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.auditHead() }
        }
        let vault = id
        guard let head, keys.verifies(head.sealKey, { head.isAuthentic(in: vault, under: $0) })
        else { throw VaultError(.integrity, subject: "audit head") }
        return AuditAnchor(head, of: vault, at: now())
    }

    /// Moves the entries before a moment to a file: those from the first kept one to the last
    /// before the first that is not before it. The newest entry always stays.
    ///
    /// The whole log is checked first. A crash before they are removed leaves them in both places.
    ///
    /// - Parameters:
    ///   - moment: what is older is moved.
    ///   - entry: gets each entry.
    ///   - commit: makes the file durable; only then the entries are removed from the store.
    /// - Returns: How many entries were moved; with none, `commit` is not called.
    /// - Throws: ``VaultError``: `integrity` naming the first bad entry; `store`, saying `busy`,
    ///   when somebody else archives meanwhile; or what a closure throws.
    public func archiveAudit(
        before moment: Timestamp, entry: (ExportedAuditEntry) throws -> Void,
        commit: () throws -> Void
    ) async throws -> Int {
        try checkProcess()
        let keys = try await auditReader()
        let verdict = try await AuditLog(keyring: keyring, store: store).verify()
        if let fault = verdict.fault {
            throw VaultError(.integrity, subject: "audit entry \(fault.sequence)")
        }
        var next = verdict.first
        walk: while next < verdict.last {
            let page = try await auditPage(from: next).entries
            guard !page.isEmpty else { break }
            for stored in page {
                let exported = try keys.exported(stored)
                guard stored.sequence == next else { throw VaultError(store: StoreError(.busy)) }
                guard exported.entry.event.time < moment, stored.sequence < verdict.last else {
                    break walk
                }
                try entry(exported)
                next = stored.sequence + 1
            }
        }
        guard next > verdict.first else { return 0 }
        try commit()
        let (first, last, deed) = (verdict.first, next - 1, event(.archiveAudit, .done))
        let isRemoved = try await write { _, pen throws(StoreError) in
            guard try pen.archive(from: first, through: last) else { return false }
            try pen.append([deed])
            return true
        }
        // Somebody else archived them meanwhile: then they are in both files.
        guard isRemoved else { throw VaultError(store: StoreError(.busy)) }
        return Int(next - verdict.first)
    }

    private func auditReader() async throws(VaultError) -> AuditReader {
        AuditReader(keyring, try await authenticKeySet(of: nil))
    }

    private func auditPage(
        from sequence: UInt64
    ) async throws(VaultError) -> (entries: [StoredAuditEntry], head: AuditHead?) {
        try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in
                (
                    try reader.auditEntries(from: sequence, limit: AuditLog.pageCount),
                    try reader.auditHead()
                )
            }
        }
    }
}

extension AuditReader {
    /// An entry of the store for other systems.
    ///
    /// - Throws: `corrupt` when it does not decode, or names no key of the vault.
    fileprivate func exported(
        _ stored: StoredAuditEntry
    ) throws(StoreError) -> ExportedAuditEntry {
        guard let entry = AuditEntry(bytes: stored.bytes), let keyID = keyID(entry.key) else {
            throw StoreError(.corrupt)
        }
        return ExportedAuditEntry(entry, keyID: keyID)
    }
}
