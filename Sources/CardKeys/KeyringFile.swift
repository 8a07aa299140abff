// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import Logging
public import SecretMemory
internal import Synchronization

/// A keyring file that a custodian has unlocked, and its verbs.
///
/// It holds the root key in guarded memory for as long as it lives. Readers see ``current()``; a
/// change is made under the file's lock, on what the file says then, and written so that a crash
/// leaves the old keyring or the new one.
public final class KeyringFile: Sendable {
    /// Where the file is.
    public let path: String
    /// Guarded memory for this keyring's keys, and for what they unwrap.
    public let slab: KeySlab

    private let root: RootKey
    private let latest: Mutex<Keyring>

    init(path: String, slab: KeySlab, root: consuming RootKey, keyring: Keyring) {
        self.path = path
        self.slab = slab
        self.root = root
        latest = Mutex(keyring)
    }

    /// Opens a keyring file with a custodian's secret.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - secret: what the custodian presents. Each slot that might open costs what it was made
    ///     with (half a second, normally).
    ///   - locking: what to do when key memory cannot be locked.
    ///   - logger: is told of every failure, as no audit log is open yet.
    /// - Throws: ``KeyringError``: `cannotUnlock` when no slot opens, `integrity` when one does and
    ///   the file was altered.
    public static func unlock(
        at path: String, with secret: consuming CustodySecret, locking: MemoryLocking = .required,
        logger: Logger = Logger(label: "card-vault")
    ) throws(KeyringError) -> KeyringFile {
        do throws(KeyringError) {
            return try open(path, with: secret, locking: locking)
        } catch {
            logger.warning("a keyring was not unlocked", metadata: ["reason": "\(error)"])
            throw error
        }
    }

    private static func open(
        _ path: String, with secret: consuming CustodySecret, locking: MemoryLocking
    ) throws(KeyringError) -> KeyringFile {
        let text = try load(path)
        let parts = try KeyringText.split(text)
        let parser = try KeyringParser(parts.body)
        let slab = try reserve(locking)
        switch consume secret {
        case .passphrase(let passphrase):
            let root = try open(parser, with: passphrase, slab: slab)
            guard root.verifies(parts.code, forKeyring: Array(parts.body).span) else {
                throw .integrity
            }
            let keyring = try parser.keyring(code: parts.code)
            return KeyringFile(path: path, slab: slab, root: root, keyring: keyring)
        }
    }

    /// The keyring as it was last read or written here.
    public func current() -> Keyring { latest.withLock { $0 } }

    /// Reads the file again.
    ///
    /// - Throws: ``KeyringError``: `older` or `forked` when the file is not the one seen before or
    ///   a successor of it, `needsUnlock` when it has another root key.
    public func reload() throws(KeyringError) -> Keyring {
        while true {
            let seen = current().generation
            if let keyring = try adopt(try read(), seen: seen) { return keyring }
        }
    }

    /// Unwraps a key of the keyring.
    ///
    /// - Throws: ``KeyringError/wrappedKey(id:)`` when the keyring has no such key or its box does
    ///   not open.
    public func unwrap(_ id: KeyID) throws(KeyringError) -> KeyMaterial {
        let keyring = current()
        guard let entry = keyring.entry(id), let box = entry.box else {
            throw .wrappedKey(id: id.description)
        }
        let key = entry.key
        do throws(UnwrapError) {
            return try root.wrappingKey.unwrap(
                box, as: key.binding(in: keyring.vault), expecting: id, purpose: key.purpose,
                suite: key.suite, in: slab)
        } catch {
            if case .memory(let error) = error { throw .memory(error) }
            throw .wrappedKey(id: id.description)
        }
    }

    /// Takes the lock of the file for a change that also touches a store: keyring first, store
    /// second. Waits at most `patience`, and holds the thread meanwhile.
    package func lock(patience: Duration = .seconds(10)) throws(KeyringError) -> KeyringLock {
        try KeyringLock(path, patience: patience)
    }

    /// Makes a scope and its key, and writes the keyring.
    ///
    /// - Throws: ``KeyringError``; the file and this value are then as they were. Only when the
    ///   folder could not be synced is the file the new one: the scope is then there, and
    ///   `scopeExists` the answer to a second call.
    package func addScope(
        _ id: ScopeID, tokens: KeyringScope.TokenStyle, at moment: Timestamp,
        under lock: borrowing KeyringLock
    ) throws(KeyringError) {
        precondition(lock.path == path, "the lock is that of another keyring")
        var keyring = try reload()
        let scope = KeyringScope(id: id, created: moment, tokens: tokens)
        let entry = try makeEntry(.scope, scope: id, vault: keyring.vault, at: moment)
        try keyring.add(scope, with: entry)
        keyring.generation += 1
        try write(keyring)
    }

    /// Makes the file's name durable. Another process may have renamed the file and not come
    /// further; nothing may be built on it before.
    package func syncName() throws(KeyringError) {
        try KeyringError.file { () throws(FileError) in try AtomicFile.syncFolder(of: path) }
    }

    /// Writes a keyring that has no file yet.
    ///
    /// - Throws: ``KeyringError/exists`` when there is a file by now.
    package func save(under lock: borrowing KeyringLock) throws(KeyringError) {
        precondition(lock.path == path, "the lock is that of another keyring")
        try requireNoFile()
        try write(current())
    }

    /// Refuses to go on where there is a keyring file.
    package func requireNoFile() throws(KeyringError) {
        let there = try KeyringError.file { () throws(FileError) in
            try AtomicFile.load(path, limit: 0)
        }
        guard there == nil else { throw .exists }
    }

    func makeEntry(
        _ purpose: KeyPurpose, scope: ScopeID?, vault: VaultID, at moment: Timestamp
    ) throws(KeyringError) -> KeyringEntry {
        try Self.makeEntry(
            purpose, scope: scope, vault: vault, at: moment, root: root, slab: slab)
    }

    static func makeEntry(
        _ purpose: KeyPurpose, scope: ScopeID?, vault: VaultID, at moment: Timestamp,
        root: borrowing RootKey, slab: KeySlab
    ) throws(KeyringError) -> KeyringEntry {
        let suite: Suite = purpose == .scope ? .xchacha20Poly1305 : .hmacSHA256
        let material = try KeyringError.memory { () throws(SecretMemoryError) in
            try KeyMaterial.generate(purpose: purpose, suite: suite, in: slab)
        }
        let key = KeyDescriptor(material, scope: scope, sequence: 1, activeFrom: moment)
        return KeyringEntry(
            key: key, box: root.wrappingKey.wrap(material, as: key.binding(in: vault)))
    }

    private func write(_ keyring: Keyring) throws(KeyringError) {
        let body = KeyringText.print(keyring)
        let text = KeyringText.join(body, code: root.keyringCode(for: body.span))
        // What could not be read again must not take the place of what can.
        let written = try verify(text)
        try KeyringError.file { () throws(FileError) in try AtomicFile.replace(path, with: text) }
        latest.withLock { $0 = written }
    }

    private func read() throws(KeyringError) -> Keyring { try verify(try Self.load(path)) }

    /// The keyring that `text` is, verified with the root key that this process holds.
    func verify(_ text: [UInt8]) throws(KeyringError) -> Keyring {
        let parts = try KeyringText.split(text)
        let parser = try KeyringParser(parts.body)
        guard root.verifies(parts.code, forKeyring: Array(parts.body).span) else {
            throw .needsUnlock
        }
        return try parser.keyring(code: parts.code)
    }

    /// Takes `keyring` as the latest, unless it is not a successor of the one before; nil when it
    /// must be read again, another thread having taken a newer one meanwhile.
    ///
    /// - Parameter seen: the latest generation before the file was read. Only by that is it too
    ///   old.
    private func adopt(_ keyring: Keyring, seen: UInt64) throws(KeyringError) -> Keyring? {
        try latest.withLock { latest throws(KeyringError) in
            guard keyring.generation >= seen else {
                throw .older(generation: keyring.generation, seen: seen)
            }
            guard keyring.generation >= latest.generation else { return nil }
            guard keyring.generation > latest.generation || keyring.code == latest.code else {
                throw .forked(generation: keyring.generation)
            }
            latest = keyring
            return keyring
        }
    }
}

/// The lock of a keyring file, held until it is dropped.
package struct KeyringLock: ~Copyable, Sendable {
    fileprivate let path: String
    private let lock: FileLock

    fileprivate init(_ path: String, patience: Duration) throws(KeyringError) {
        self.path = path
        lock = try KeyringError.file { () throws(FileError) in
            let lock = try FileLock(path + ".lock", patience: patience)
            // A writer may have died between its rename and the sync of the folder. What is read
            // under the lock outlives a loss of power before anything is built on it.
            try AtomicFile.syncFolder(of: path)
            return lock
        }
    }
}

extension KeyringFile {
    static func load(_ path: String) throws(KeyringError) -> [UInt8] {
        let bytes = try KeyringError.file { () throws(FileError) in
            try AtomicFile.load(path, limit: KeyringText.byteLimit)
        }
        guard let bytes else { throw .notFound }
        return bytes
    }

    static func reserve(_ locking: MemoryLocking) throws(KeyringError) -> KeySlab {
        try KeyringError.memory { () throws(SecretMemoryError) in try KeySlab(locking: locking) }
    }

    /// The root key from the cheapest slot that opens.
    private static func open(
        _ parser: KeyringParser, with passphrase: borrowing Passphrase, slab: KeySlab
    ) throws(KeyringError) -> RootKey {
        for slot in parser.slotsByCost {
            do throws(KeyringError) {
                return try slot.open(in: parser.vault, with: passphrase, slab: slab)
            } catch {
                guard error == .cannotUnlock else { throw error }
            }
        }
        throw .cannotUnlock
    }
}
