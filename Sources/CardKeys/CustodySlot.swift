// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import SecretMemory

/// One way to open a keyring: the root key wrapped by a key that a custodian's secret makes.
struct CustodySlot: Sendable {
    static let identifierByteCount = 8
    static let passphraseKind = "passphrase"

    /// 8 random bytes that tell slots apart.
    let identifier: [UInt8]
    /// What a guess costs.
    let cost: Argon2id
    /// 16 random bytes.
    let salt: [UInt8]
    /// The root key, wrapped.
    let box: SealedBox

    /// What opening the slot costs, to compare slots by.
    var work: Int { cost.memory * cost.passes }

    /// Makes a slot for `root` and a new passphrase.
    init(
        sealing root: borrowing RootKey, in vault: VaultID, with passphrase: borrowing Passphrase,
        cost: Argon2id, slab: KeySlab
    ) throws(SecretMemoryError) {
        try self.init(
            identifier: Random.bytes(count: Self.identifierByteCount), sealing: root, in: vault,
            with: passphrase, cost: cost, slab: slab)
    }

    private init(
        identifier: [UInt8], sealing root: borrowing RootKey, in vault: VaultID,
        with passphrase: borrowing Passphrase, cost: Argon2id, slab: KeySlab
    ) throws(SecretMemoryError) {
        self.identifier = identifier
        salt = Random.bytes(count: Argon2id.saltByteCount)
        self.cost = cost
        let slotKey = try passphrase.withBytes { [salt] bytes throws(SecretMemoryError) in
            try cost.slotKey(from: bytes, salt: salt, in: slab)
        }
        let binding = Self.binding(vault: vault, identifier: identifier, cost: cost, salt: salt)
        box = root.wrapped(by: slotKey, as: binding)
    }

    /// This slot around another root key: the same name and cost, a new salt.
    func resealed(
        around root: borrowing RootKey, in vault: VaultID, with passphrase: borrowing Passphrase,
        slab: KeySlab
    ) throws(SecretMemoryError) -> CustodySlot {
        try CustodySlot(
            identifier: identifier, sealing: root, in: vault, with: passphrase, cost: cost,
            slab: slab)
    }

    /// A slot as it was read.
    init(identifier: [UInt8], cost: Argon2id, salt: [UInt8], box: SealedBox) {
        self.identifier = identifier
        self.cost = cost
        self.salt = salt
        self.box = box
    }

    /// Opens the slot.
    ///
    /// - Throws: ``KeyringError/cannotUnlock`` for a wrong passphrase or an altered slot: they
    ///   cannot be told apart.
    func open(
        in vault: VaultID, with passphrase: borrowing Passphrase, slab: KeySlab
    ) throws(KeyringError) -> RootKey {
        let slotKey = try KeyringError.memory { () throws(SecretMemoryError) in
            try passphrase.withBytes { bytes throws(SecretMemoryError) in
                try cost.slotKey(from: bytes, salt: salt, in: slab)
            }
        }
        let binding = Self.binding(vault: vault, identifier: identifier, cost: cost, salt: salt)
        do throws(UnwrapError) {
            return try RootKey.unwrap(box, by: slotKey, as: binding, in: slab)
        } catch {
            if case .memory(let error) = error { throw .memory(error) }
            throw .cannotUnlock
        }
    }

    /// Whether the slot opens with `passphrase`.
    func opens(
        in vault: VaultID, with passphrase: borrowing Passphrase, slab: KeySlab
    ) throws(KeyringError) -> Bool {
        do throws(KeyringError) {
            _ = try open(in: vault, with: passphrase, slab: slab)
            return true
        } catch {
            guard error == .cannotUnlock else { throw error }
            return false
        }
    }

    /// Binds the box to the vault, the slot and every parameter of the stretching.
    private static func binding(
        vault: VaultID, identifier: [UInt8], cost: Argon2id, salt: [UInt8]
    ) -> RecordBinding {
        var facts = Frame(capacity: 96)
        facts.append(passphraseKind)
        facts.append("argon2id13")
        facts.append(UInt32(cost.memory))
        facts.append(UInt32(cost.passes))
        facts.append(UInt32(1))  // lanes
        facts.append(salt)
        return RecordBinding(
            vault: vault, kind: .slot, scope: "", record: identifier.span, facts: facts)
    }
}
