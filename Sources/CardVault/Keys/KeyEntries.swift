// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import SecretMemory

// Keys cannot be copied; each lives in one object that many tasks share and borrow from.

/// A data key (DEK) at work.
final class DataKeyEntry: Sendable {
    let row: StoredKey
    let key: DataKey

    init(
        _ row: StoredKey, _ material: consuming KeyMaterial, slab: KeySlab,
        allowsSoftwareAES: Bool
    ) throws(VaultError) {
        self.row = row
        do throws(SuiteError) {
            key = try DataKey(material, in: slab, allowingSoftwareAES: allowsSoftwareAES)
        } catch {
            throw VaultError(
                error == .needsSoftwareAES ? .needsSoftwareAES : .memory,
                subject: row.key.id.description)
        }
    }

    /// The stricter of the key's state and its fence.
    var seals: Bool { row.key.state.seals && row.fence == .sealing }
}

/// A fingerprint key at work.
final class FingerprintKeyEntry: Sendable {
    let row: StoredKey
    let key: FingerprintKey

    init(_ row: StoredKey, _ material: consuming KeyMaterial) {
        self.row = row
        key = FingerprintKey(material)
    }

    /// Whether cards are found by it, and new ones get a row under it. A compromised key goes on
    /// until all cards have rows under the next: without it a card would get a second token.
    var isLive: Bool { row.key.state.opens && row.fence == .sealing }
}

/// A seal key at work.
final class SealKeyEntry: Sendable {
    let key: SealKey

    init(_ material: consuming KeyMaterial) { key = SealKey(material) }
}

/// An audit key at work.
final class AuditKeyEntry: Sendable {
    let key: AuditKey

    init(_ material: consuming KeyMaterial) { key = AuditKey(material) }
}

/// A hold key at work.
final class HoldKeyEntry: Sendable {
    let number: KeyNumber
    let described: KeyDescriptor
    let key: HoldKey

    init(
        _ number: KeyNumber, _ described: KeyDescriptor, _ material: consuming KeyMaterial,
        slab: KeySlab
    ) {
        self.number = number
        self.described = described
        key = HoldKey(material, in: slab)
    }

    /// The key of the box that a handle opens.
    func boxKey(of handle: borrowing HoldHandle) throws(VaultError) -> HoldBoxKey {
        let id = handle.id
        return try handle.withSecret { secret throws(VaultError) in
            do throws(SecretMemoryError) {
                return try key.boxKey(of: id.bytes.span, secret: secret)
            } catch {
                throw VaultError(.memory)
            }
        }
    }
}

/// A scope key (KEK) at work.
final class WrapperEntry: Sendable {
    let key: KeyEncryptionKey

    init(_ id: KeyID, _ keyring: KeyringFile) throws(VaultError) {
        let material = try VaultError.keyring { () throws(KeyringError) in try keyring.unwrap(id) }
        do throws(SecretMemoryError) {
            key = try KeyEncryptionKey(material, in: keyring.slab)
        } catch {
            throw VaultError(.memory)
        }
    }

    /// Unwraps a key that the store holds.
    func unwrap(
        _ described: KeyDescriptor, _ box: [UInt8], in vault: VaultID, slab: KeySlab
    ) throws(VaultError) -> KeyMaterial {
        do throws(UnwrapError) {
            return try key.unwrap(
                stored: box, as: described.binding(in: vault), expecting: described.id,
                purpose: described.purpose, suite: described.suite, in: slab)
        } catch {
            if case .memory = error { throw VaultError(.memory) }
            throw VaultError(.integrity, subject: described.id.description)
        }
    }
}
