// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import SecretMemory

/// Why a test has no keyring to work on.
struct SampleError: Error {}

/// A root key in the hand of a test, with a small keyring: it puts the right code under any text.
final class Locksmith: Sendable {
    /// One for all tests: a slot costs 65 ms.
    static let shared = Result { try Locksmith() }

    /// Opens ``keyring``.
    static let secret = "correct horse 1"
    /// What a slot of a test costs: the least that a file may ask for.
    static let cost = Argon2id(memory: 65_536, passes: 2)

    let slab: KeySlab
    let root: RootKey
    /// Generation 1: one slot, the scope `default`, its key and the three of the vault.
    let keyring: Keyring

    init(vault: VaultID = .random()) throws {
        guard let cost = Self.cost else { throw SampleError() }
        slab = try KeySlab()
        root = try RootKey.generate(in: slab)
        let slot = try CustodySlot(
            sealing: root, in: vault, with: Self.passphrase(), cost: cost, slab: slab)
        let moment = try timestamp(1_800_000_000_000)
        let scope = try scope("default")
        var entries: [KeyringEntry] = []
        for purpose in [KeyPurpose.hold, .audit, .seal, .scope] {
            entries.append(
                try KeyringFile.makeEntry(
                    purpose, scope: purpose == .scope ? scope : nil, vault: vault, at: moment,
                    root: root, slab: slab))
        }
        var keyring = Keyring(
            vault: vault, created: moment, generation: 1, required: 1, binDigitCount: 6,
            slots: [slot],
            scopes: [KeyringScope(id: scope, created: moment, tokens: .timeOrdered)],
            entries: entries)
        keyring.code = root.keyringCode(for: KeyringText.print(keyring).span)
        self.keyring = keyring
    }

    static func passphrase(_ text: String = secret) throws(PassphraseError) -> Passphrase {
        try Passphrase(Array(text.utf8).span)
    }

    /// Why the file at `path` does not open with `secret`; nil when it does.
    static func refusalToUnlock(
        _ path: String, with secret: String = secret
    ) throws -> KeyringError? {
        try refusalToUnlock(from: KeyringPath(path), with: secret)
    }

    /// Why the keyring in `source` does not open with `secret`; nil when it does.
    static func refusalToUnlock(
        from source: any KeyringSource, with secret: String = secret
    ) throws -> KeyringError? {
        let passphrase = try passphrase(secret)
        do throws(KeyringError) {
            _ = try KeyringFile.unlock(from: source, with: .passphrase(passphrase))
            return nil
        } catch {
            return error
        }
    }

    /// A slot of the sample keyring for another passphrase.
    func slot(for secret: String) throws -> CustodySlot {
        guard let cost = Self.cost else { throw SampleError() }
        return try CustodySlot(
            sealing: root, in: keyring.vault, with: Self.passphrase(secret), cost: cost, slab: slab)
    }

    /// The sample keyring with one thing or another changed.
    func keyring(
        generation: UInt64 = 1, required: UInt64 = 1, slots: [CustodySlot]? = nil,
        scopes: [KeyringScope]? = nil, entries: [KeyringEntry]? = nil,
        periods: Cryptoperiods = .standard, copies: [KeyringCopy] = []
    ) -> Keyring {
        var keyring = Keyring(
            vault: self.keyring.vault, created: self.keyring.created, generation: generation,
            required: required, binDigitCount: self.keyring.binDigitCount,
            slots: slots ?? self.keyring.slots, scopes: scopes ?? self.keyring.scopes,
            entries: entries ?? self.keyring.entries)
        keyring.periods = periods
        keyring.copies = copies
        keyring.code = root.keyringCode(for: KeyringText.print(keyring).span)
        return keyring
    }

    /// A file of any text, with its right code.
    func file(_ body: [UInt8]) -> [UInt8] {
        KeyringText.join(body, code: root.keyringCode(for: body.span))
    }

    /// The file of a keyring.
    func file(_ keyring: Keyring) -> [UInt8] { file(KeyringText.print(keyring)) }

    /// A keyring file of its own at `path`, which last saw `keyring` and holds this root key.
    func opened(at path: String = "nowhere", seeing keyring: Keyring? = nil) throws -> KeyringFile {
        try opened(in: KeyringPath(path), seeing: keyring)
    }

    /// A keyring of its own from `source`, which last saw `keyring` and holds this root key.
    func opened(in source: any KeyringSource, seeing keyring: Keyring? = nil) throws -> KeyringFile
    {
        let binding = RecordBinding(
            vault: self.keyring.vault, kind: .slot, scope: "", record: Span(), facts: Frame())
        let slotKey = try KeyEncryptionKey(
            KeyMaterial.generate(purpose: .slot, suite: .xchacha20Poly1305, in: slab), in: slab)
        let root = try RootKey.unwrap(
            root.wrapped(by: slotKey, as: binding), by: slotKey, as: binding, in: slab)
        return KeyringFile(
            source: source, slab: slab,
            opened: OpenedKeyring(root: SharedRoot(root), keyring: keyring ?? self.keyring))
    }
}

func timestamp(_ milliseconds: UInt64) throws -> Timestamp {
    guard let moment = Timestamp(milliseconds: milliseconds) else { throw SampleError() }
    return moment
}

func scope(_ name: String) throws -> ScopeID {
    guard let scope = ScopeID(name) else { throw SampleError() }
    return scope
}

/// The error that `body` throws; nil when it throws none.
func refusal<R: ~Copyable>(_ body: () throws(KeyringError) -> R) -> KeyringError? {
    do throws(KeyringError) {
        _ = try body()
        return nil
    } catch {
        return error
    }
}
