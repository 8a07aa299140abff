// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import SecretMemory
internal import Synchronization

/// A keyring that a custodian has unlocked, and the verbs of its file.
///
/// It holds the root key in guarded memory for as long as it lives. Readers see ``current()``; a
/// change is made under the file's lock, on what the file says then, and written so that a crash
/// leaves the old keyring or the new one.
public final class KeyringFile: Sendable {
    /// How many bytes a keyring has at most: 67,108,864.
    public static var byteLimit: Int { KeyringText.byteLimit }

    /// Where the keyring is: a file, or what stands for one.
    public let source: any KeyringSource
    /// Guarded memory for this keyring's keys, and for what they unwrap.
    public let slab: KeySlab

    private let latest: Mutex<Latest>

    /// What was last read or written here, and what may be read next.
    private struct Latest {
        var opened: OpenedKeyring
        /// The root key of a keyring that is being written, or may have been.
        var incoming: SharedRoot?
    }

    init(source: any KeyringSource, slab: KeySlab, opened: OpenedKeyring) {
        self.source = source
        self.slab = slab
        latest = Mutex(Latest(opened: opened))
    }

    /// Where the file is.
    public var path: String { source.name }

    /// The keyring as it was last read or written here.
    public func current() -> Keyring { opened.keyring }

    /// The keyring as it was last read or written here, with the root key that opened it.
    var opened: OpenedKeyring { latest.withLock { $0.opened } }

    /// Reads the file again.
    ///
    /// - Throws: ``KeyringError``: `older` or `forked` when the file is not the one seen before or
    ///   a successor of it, `needsUnlock` when it has another root key.
    public func reload() throws(KeyringError) -> Keyring {
        while true {
            let seen = latest.withLock { $0 }
            let text = try source.text()
            if let found = try verify(text, seen),
                let keyring = try adopt(found, seen: seen.opened.keyring.generation)
            {
                return keyring
            }
        }
    }

    /// Unwraps a key of the keyring.
    ///
    /// - Throws: ``KeyringError/wrappedKey(id:)`` when the keyring has no such key or its box does
    ///   not open.
    public func unwrap(_ id: KeyID) throws(KeyringError) -> KeyMaterial {
        let opened = self.opened
        guard let entry = opened.keyring.entry(id) else {
            throw .wrappedKey(id: id.description)
        }
        return try opened.unwrap(entry, in: slab)
    }

    /// Takes the lock of the file for a change that also touches a store: keyring first, store
    /// second. Waits at most `patience`, and holds the thread meanwhile.
    package func lock(patience: Duration = .seconds(10)) throws(KeyringError) -> KeyringLock {
        try source.lock(patience: patience)
    }

    /// Makes the file's name durable. Another process may have renamed the file and not come
    /// further; nothing may be built on it before.
    package func settle() throws(KeyringError) { try source.settle() }

    /// Writes a keyring that has no file yet.
    ///
    /// - Throws: ``KeyringError/exists`` when there is a file by now.
    package func save(under lock: KeyringLock) throws(KeyringError) {
        precondition(lock.isHeld(of: source), "the lock is not that of this keyring, or not held")
        try requireNoFile()
        let opened = self.opened
        try write(opened.keyring, under: opened.root)
    }

    /// Refuses to go on where there is a keyring file.
    package func requireNoFile() throws(KeyringError) {
        guard try source.load() == nil else { throw .exists }
    }

    /// Puts `keyring` in the place of the file, authenticated with `root`.
    func write(_ keyring: Keyring, under root: SharedRoot) throws(KeyringError) {
        let body = KeyringText.print(keyring)
        let text = KeyringText.join(body, code: root.key.keyringCode(for: body.span))
        // What could not be read again must not take the place of what can.
        let written = try root.verify(text)
        // From here on the file may be the new one, whatever the source says: who reads it knows
        // the new root key.
        latest.withLock { $0.incoming = root }
        try source.replace(with: text)
        latest.withLock { $0 = Latest(opened: OpenedKeyring(root: root, keyring: written)) }
    }

    /// The keyring that `text` is, verified with the root key that this process holds.
    func verify(_ text: [UInt8]) throws(KeyringError) -> Keyring {
        try opened.root.verify(text)
    }

    /// The keyring that `text` is, verified with a root key of this process; nil when another
    /// thread took a new root key since `seen`.
    private func verify(_ text: [UInt8], _ seen: Latest) throws(KeyringError) -> OpenedKeyring? {
        for root in [seen.opened.root, seen.incoming].compactMap(\.self) {
            do throws(KeyringError) {
                return OpenedKeyring(root: root, keyring: try root.verify(text))
            } catch {
                guard error == .needsUnlock else { throw error }
            }
        }
        let isLatest = latest.withLock {
            $0.opened.root === seen.opened.root && $0.incoming === seen.incoming
        }
        guard !isLatest else { throw .needsUnlock }
        return nil
    }

    /// Takes what was read as the latest, unless it is not a successor of the one before; nil when
    /// it must be read again, another thread having taken a newer one meanwhile.
    ///
    /// - Parameter seen: the latest generation before the file was read. Only by that is it too
    ///   old.
    func adopt(_ found: OpenedKeyring, seen: UInt64) throws(KeyringError) -> Keyring? {
        try latest.withLock { latest throws(KeyringError) in
            let (keyring, last) = (found.keyring, latest.opened.keyring)
            guard keyring.vault == last.vault else { throw .otherVault }
            guard keyring.generation >= seen else {
                throw .older(generation: keyring.generation, seen: seen)
            }
            guard keyring.generation >= last.generation else { return nil }
            guard keyring.generation > last.generation || keyring.code == last.code else {
                throw .forked(generation: keyring.generation)
            }
            latest.opened = found
            return keyring
        }
    }
}

extension KeyringFile {
    static func reserve(_ locking: MemoryLocking) throws(KeyringError) -> KeySlab {
        try KeyringError.memory { () throws(SecretMemoryError) in try KeySlab(locking: locking) }
    }
}

extension KeyringSource {
    /// The keyring's bytes.
    ///
    /// - Throws: ``KeyringError/notFound`` where there is none.
    func text() throws(KeyringError) -> [UInt8] {
        guard let bytes = try load() else { throw .notFound }
        return bytes
    }
}
