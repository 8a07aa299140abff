// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import Logging
public import SecretMemory

/// Opening a keyring, and opening it again after it got another root key.
extension KeyringFile {
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
        try unlock(from: KeyringPath(path), with: secret, locking: locking, logger: logger)
    }

    /// Opens a keyring, wherever it is, with a custodian's secret.
    ///
    /// - Parameters:
    ///   - source: where the keyring is.
    ///   - secret: what the custodian presents, as for ``unlock(at:with:locking:logger:)``.
    ///   - locking: what to do when key memory cannot be locked.
    ///   - logger: is told of every failure, as no audit log is open yet.
    /// - Throws: ``KeyringError``: `cannotUnlock` when no slot opens, `integrity` when one does and
    ///   the keyring was altered.
    public static func unlock(
        from source: any KeyringSource, with secret: consuming CustodySecret,
        locking: MemoryLocking = .required, logger: Logger = Logger(label: "card-vault")
    ) throws(KeyringError) -> KeyringFile {
        do throws(KeyringError) {
            let text = try source.text()
            let slab = try reserve(locking)
            switch consume secret {
            case .passphrase(let passphrase):
                let opened = try open(text, with: passphrase, slab: slab)
                return KeyringFile(source: source, slab: slab, opened: opened)
            }
        } catch {
            logger.warning("a keyring was not unlocked", metadata: ["reason": "\(error)"])
            throw error
        }
    }

    /// Opens the file anew after a custodian gave it another root key, and goes on with that one.
    ///
    /// Whatever the answer, the keys that were unwrapped before stay as they are.
    ///
    /// - Parameters:
    ///   - secret: what the custodian presents.
    ///   - logger: is told of every failure.
    /// - Throws: ``KeyringError``: as ``unlock(from:with:locking:logger:)``; `otherVault`, `older`
    ///   or `forked` when the file is not the one seen before or a successor of it. This value is
    ///   then as it was.
    public func unlockAgain(
        with secret: consuming CustodySecret, logger: Logger = Logger(label: "card-vault")
    ) throws(KeyringError) {
        do throws(KeyringError) {
            switch consume secret {
            case .passphrase(let passphrase):
                try take { text throws(KeyringError) in
                    try Self.open(text, with: passphrase, slab: slab)
                }
            }
        } catch {
            logger.warning("a keyring was not unlocked again", metadata: ["reason": "\(error)"])
            throw error
        }
    }

    /// Opens the file anew with the root key of another value, for those who hold no secret.
    ///
    /// - Throws: ``KeyringError``, as ``unlockAgain(with:logger:)``; `needsUnlock` when the file
    ///   has another root key.
    package func share(rootOf other: KeyringFile) throws(KeyringError) {
        let root = other.opened.root
        try take { text throws(KeyringError) in
            OpenedKeyring(root: root, keyring: try root.verify(text))
        }
    }

    /// Opens a keyring with the root key of another value, which it shares with its memory.
    ///
    /// - Throws: ``KeyringError``: `needsUnlock` when the root key is another one.
    package static func open(
        _ source: any KeyringSource, sharing other: KeyringFile
    ) throws(KeyringError) -> KeyringFile {
        let root = other.opened.root
        let opened = OpenedKeyring(root: root, keyring: try root.verify(try source.text()))
        return KeyringFile(source: source, slab: other.slab, opened: opened)
    }

    /// Takes what `open` makes of the file, whatever its root key.
    private func take(
        _ open: ([UInt8]) throws(KeyringError) -> OpenedKeyring
    ) throws(KeyringError) {
        while true {
            let seen = current().generation
            if try adopt(try open(try source.text()), seen: seen) != nil { return }
        }
    }

    /// The keyring that `text` is, by the cheapest of its slots that opens.
    private static func open(
        _ text: [UInt8], with passphrase: borrowing Passphrase, slab: KeySlab
    ) throws(KeyringError) -> OpenedKeyring {
        let parts = try KeyringText.split(text)
        let parser = try KeyringParser(parts.body)
        let root = SharedRoot(try open(parser, with: passphrase, slab: slab))
        guard root.key.verifies(parts.code, forKeyring: Array(parts.body).span) else {
            throw .integrity
        }
        return OpenedKeyring(root: root, keyring: try parser.keyring(code: parts.code))
    }

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
