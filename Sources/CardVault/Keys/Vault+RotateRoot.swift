// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys

/// What a rotation of the root key did.
public struct RootChange: Hashable, Sendable {
    /// The custody slots that open the new keyring.
    public let kept: [SlotID]
    /// The slots that are no more.
    public let dropped: [SlotID]
    /// Keys that were made and wait to be activated.
    public let waiting: [KeyID]
}

extension Vault {
    /// Gives the keyring a new root key.
    ///
    /// Who kept an old copy of the keyring and its secret keeps every key of that copy: rotate them
    /// all, with `renewingAll`, where that matters. The new keys wait then, so that every server
    /// can take the new keyring by ``unlockAgain(with:)``, until ``activateKeys()``.
    ///
    /// - Parameters:
    ///   - renewingAll: whether to make a new key of every scope, and of the vault itself.
    ///   - present: keeps the slots of the custodians who stay, by ``RootRotation/keep(_:)``. All
    ///     others are dropped. What it throws leaves the keyring as it was.
    /// - Throws: ``VaultError``: `slotsRefused` when no slot is kept.
    @discardableResult
    public func rotateRoot(
        renewingAll: Bool = false,
        _ present: (inout RootRotation) throws(KeyringError) -> Void
    ) async throws(VaultError) -> RootChange {
        try await changingKeys(.rotateRoot) { lock, _ throws(VaultError) in
            let change = try VaultError.keyring { () throws(KeyringError) in
                var rotation = try keyring.rotateRoot(under: lock, at: now())
                try present(&rotation)
                if renewingAll { try rotation.edit.addSuccessors() }
                let (kept, dropped) = (rotation.kept, rotation.dropped)
                try rotation.write()
                return (kept, dropped)
            }
            try await record([event(.rotateRoot, .done)])
            return RootChange(kept: change.0, dropped: change.1, waiting: waitingKeys.map(\.id))
        }
    }

    /// Lets the keys that wait seal from now on: the second half of a rotation of all keys. The
    /// data and fingerprint keys of their scopes get successors too; run ``reseal(_:)`` then.
    ///
    /// - Returns: The keys that are active now; none where none waited.
    /// - Throws: ``VaultError``.
    @discardableResult
    public func activateKeys() async throws(VaultError) -> [KeyID] {
        try await changingKeys(.rotateKey) { lock, _ throws(VaultError) in
            let waiting = waitingKeys
            guard !waiting.isEmpty else { return [] }
            try editKeyring(under: lock) { edit throws(KeyringError) in
                for key in waiting { try edit.enter(.active, key.id) }
            }
            _ = try await settleAll(under: lock)
            return waiting.map(\.id)
        }
    }

    /// Takes the keyring anew after it got another root key. What the vault does goes on meanwhile.
    ///
    /// - Parameter secret: of a custodian of the new keyring.
    /// - Throws: ``VaultError``: `cannotUnlock`, `keyringOlder`, `keyringForked`,
    ///   `keyringIntegrity`; the vault goes on with the keys that it has.
    public func unlockAgain(with secret: consuming CustodySecret) async throws(VaultError) {
        try checkProcess()
        do throws(KeyringError) {
            try keyring.unlockAgain(with: secret)
        } catch {
            throw VaultError(keyring: error)
        }
        try await takeKeyring()
    }

    private var waitingKeys: [KeyDescriptor] {
        keyring.current().keys.filter { $0.state == .preActivation }
    }
}

extension KeyringEdit {
    /// Makes a key of every purpose and scope that waits, where none waits yet.
    fileprivate mutating func addSuccessors() throws(KeyringError) {
        let waiting = keyring.keys.filter { $0.state == .preActivation }
        for purpose in [KeyPurpose.hold, .audit, .seal]
        where !waiting.contains(where: { $0.purpose == purpose }) {
            _ = try addKey(purpose, state: .preActivation)
        }
        let scopes = Set(waiting.compactMap(\.scope))
        for scope in keyring.scopes where scope.shreddedAt == nil && !scopes.contains(scope.id) {
            _ = try addKey(.scope, scope: scope.id, state: .preActivation)
        }
    }
}
