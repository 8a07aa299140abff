// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import SecretMemory

/// A root key that several values hold, so that it can be replaced while others still use it.
final class SharedRoot: Sendable {
    let key: RootKey

    init(_ key: consuming RootKey) { self.key = key }

    /// The keyring that `text` is.
    ///
    /// - Throws: ``KeyringError``: `needsUnlock` when it was written with another root key, or
    ///   altered.
    func verify(_ text: [UInt8]) throws(KeyringError) -> Keyring {
        let parts = try KeyringText.split(text)
        let parser = try KeyringParser(parts.body)
        guard key.verifies(parts.code, forKeyring: Array(parts.body).span) else {
            throw .needsUnlock
        }
        return try parser.keyring(code: parts.code)
    }
}

/// A keyring with the root key that it was verified with. They are replaced together.
struct OpenedKeyring: Sendable {
    let root: SharedRoot
    let keyring: Keyring

    /// Unwraps a key of the keyring.
    ///
    /// - Throws: ``KeyringError/wrappedKey(id:)`` when it has no box, or one that does not open.
    func unwrap(_ entry: KeyringEntry, in slab: KeySlab) throws(KeyringError) -> KeyMaterial {
        let key = entry.key
        guard let box = entry.box else { throw .wrappedKey(id: key.id.description) }
        do throws(UnwrapError) {
            return try root.key.wrappingKey.unwrap(
                box, as: key.binding(in: keyring.vault), expecting: key.id, purpose: key.purpose,
                suite: key.suite, in: slab)
        } catch {
            if case .memory(let error) = error { throw .memory(error) }
            throw .wrappedKey(id: key.id.description)
        }
    }
}
