// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

/// A store that is not opened as a vault, read with the keys of its keyring.
struct VaultReader: Sendable {
    private let keyring: KeyringFile
    private let store: any VaultStore
    private let keys: AuditReader

    /// - Parameter isPresent: whether the store is the one in use: then nothing is believed that
    ///   has a code of a compromised seal key.
    init(_ keyring: KeyringFile, _ store: any VaultStore, ofPresent isPresent: Bool = false) {
        self.keyring = keyring
        self.store = store
        keys = AuditReader(keyring, ofPresent: isPresent)
    }

    /// Whether the store is of the keyring's vault.
    var isOfVault: Bool {
        get async throws(VaultError) {
            try await read { reader throws(StoreError) in try reader.vault() }
                == keyring.current().vault
        }
    }

    /// Runs reads on the store.
    func read<R: Sendable>(
        _ body: (any StoreReader) throws(StoreError) -> R
    ) async throws(VaultError) -> R {
        try await VaultError.store { () throws(StoreError) in try await store.read(body) }
    }

    /// The pin; nil where there is none.
    ///
    /// - Throws: `integrity` when it is not as it was written.
    func pin() async throws(VaultError) -> Pin? {
        let pin = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.pin() }
        }
        guard let pin else { return nil }
        guard keys.verifies(pin.sealKey, { pin.isAuthentic(under: $0) }) else {
            throw VaultError(.integrity, subject: "pin")
        }
        return pin
    }

    /// Runs one transaction on the store.
    func write(
        _ body: (any StoreTransaction) throws(StoreError) -> Void
    ) async throws(VaultError) {
        try await VaultError.store { () throws(StoreError) in try await store.write(body) }
    }

    /// A key set; nil where there is none.
    ///
    /// - Throws: `integrity` when it is not as it was written.
    func keySet(of scope: ScopeID?) async throws(VaultError) -> KeySet? {
        let set = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.keySet(of: scope) }
        }
        guard let set else { return nil }
        let vault = keyring.current().vault
        guard set.scope == scope,
            keys.verifies(set.sealKey, { set.isAuthentic(in: vault, under: $0) })
        else { throw VaultError(.integrity, subject: "key set \(scope?.description ?? "")") }
        return set
    }

    /// Rows of a register that are as they were written.
    func rows(of register: Register) async throws(VaultError) -> [RegisterRow] {
        let rows = try await VaultError.store { () throws(StoreError) in
            try await store.read { reader throws(StoreError) in try reader.rows(of: register) }
        }
        let vault = keyring.current().vault
        return rows.filter { row in
            keys.verifies(row.sealKey) { row.isAuthentic(in: vault, under: $0) }
        }
    }
}
