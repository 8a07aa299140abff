// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys

/// What the keyring says beside its keys: which copies of it there are, and how long keys are used.
extension Vault {
    /// The copies of the keyring that were exported, in the order of their making.
    public var keyringCopies: [KeyringCopy] { keyring.current().copies }

    /// Copies the keyring to a new file, for another place than that of the store's copies. It is
    /// registered first.
    ///
    /// - Throws: ``VaultError``: `vaultExists` when there is a file at `path`; `keyringFile`.
    public func exportKeyring(to path: String) async throws(VaultError) -> KeyringCopy {
        try await changingKeys(.copyKeyring) { lock, _ throws(VaultError) in
            let copy = try VaultError.keyring { () throws(KeyringError) in
                try keyring.export(under: lock, at: now(), to: path)
            }
            try await record([event(.copyKeyring, .done, purpose: AuditText("export \(copy.id)"))])
            return copy
        }
    }

    /// Notes that a copy of the keyring was destroyed, wherever it was.
    ///
    /// - Throws: ``VaultError``: `unknownCopy`.
    public func confirmDestroyed(_ copy: CopyID) async throws(VaultError) {
        try await changingKeys(.copyKeyring) { lock, _ throws(VaultError) in
            try editKeyring(under: lock) { edit throws(KeyringError) in
                try edit.markDestroyed(copy)
            }
            try await record([event(.copyKeyring, .done, purpose: AuditText("destroyed \(copy)"))])
        }
    }

    /// How long keys may be used.
    public var cryptoperiods: Cryptoperiods { keyring.current().periods }

    /// Says how long keys of a purpose may be used, from their activation on.
    ///
    /// - Throws: ``VaultError``.
    public func setPeriod(
        _ period: Cryptoperiod, of purpose: KeyPurpose
    ) async throws(VaultError) {
        try await changingKeys(.changeKey) { lock, _ throws(VaultError) in
            var periods = keyring.current().periods
            periods[purpose] = period
            try editKeyring(under: lock) { edit throws(KeyringError) in edit.set(periods) }
            let text = "\(purpose): \(period.originatorDays) and \(period.recipientDays) days"
            try await record([event(.changeKey, .done, purpose: AuditText(text))])
        }
        forgetKeys()
    }
}
