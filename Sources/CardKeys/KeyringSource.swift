// SPDX-License-Identifier: Apache-2.0

/// Where the bytes of a keyring come from: a file, or what many hosts take it from.
///
/// A source moves bytes and understands none of them: they are authenticated after they were read,
/// and read once more before they are written.
public protocol KeyringSource: Sendable {
    /// What messages name the source by, such as the path of a file. A lock is of the source with
    /// its name.
    var name: String { get }

    /// Reads the keyring; nil where there is none. Of a larger one, ``KeyringFile/byteLimit`` + 1
    /// bytes are enough.
    ///
    /// - Throws: ``KeyringError``.
    func load() throws(KeyringError) -> [UInt8]?

    /// Puts `bytes` in the place of the keyring, durably. A crash leaves the old one or the new.
    ///
    /// - Throws: ``KeyringError``. The old one is then in its place, or the new one and perhaps not
    ///   durably.
    func replace(with bytes: [UInt8]) throws(KeyringError)

    /// Makes durable what ``load()`` gave: another process may have written it and not come
    /// further. Nothing may be built on it before.
    ///
    /// - Throws: ``KeyringError``.
    func settle() throws(KeyringError)

    /// Takes the lock of the source, alone among all who may write it, and settles what is there.
    ///
    /// - Parameter patience: how long to wait for it at most, holding the thread.
    /// - Throws: ``KeyringError``.
    func lock(patience: Duration) throws(KeyringError) -> KeyringLock
}

extension KeyringSource {
    /// The generation that the keyring there says it is of, which nobody has checked; nil where
    /// none can be read.
    package var unverifiedGeneration: UInt64? {
        guard let text = try? load(), let parts = try? KeyringText.split(text),
            let parser = try? KeyringParser(parts.body)
        else { return nil }
        return try? parser.keyring(code: parts.code).generation
    }
}
