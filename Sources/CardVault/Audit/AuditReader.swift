// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import Synchronization

/// The keys that an audit log is checked with: whatever the keyring still has, in any state.
final class AuditReader: Sendable {
    let keyring: KeyringFile
    private let isPresent: Bool
    private let auditKeys = Mutex<[KeyID: AuditKeyEntry]>([:])
    /// The keys of the store by their numbers there.
    private let numbers: [KeyNumber: KeyID]

    /// - Parameters:
    ///   - keyring: unlocked.
    ///   - set: the authentic key set of the vault itself; nil for exports, which name keys by id.
    ///   - isPresent: whether the store is the one in use. Each of its rows has a code of another
    ///     key before a seal key is compromised; a backup keeps those that it was made with.
    init(_ keyring: KeyringFile, _ set: KeySet? = nil, ofPresent isPresent: Bool = false) {
        self.keyring = keyring
        self.isPresent = isPresent
        let pairs = (set?.keys ?? []).map { ($0.number, $0.key.id) }
        numbers = Dictionary(pairs) { first, _ in first }
    }

    /// The id of the key that an entry of the store names.
    func keyID(_ number: KeyNumber) -> KeyID? { numbers[number] }

    /// The audit key that an entry of the store names.
    func auditKey(of entry: AuditEntry) -> AuditKeyEntry? { keyID(entry.key).flatMap(auditKey) }

    /// An audit key of the keyring; nil when it has none of that id.
    func auditKey(_ id: KeyID) -> AuditKeyEntry? {
        if let entry = auditKeys.withLock({ $0[id] }) { return entry }
        guard keyring.current().key(id)?.purpose == .audit,
            let material = try? keyring.unwrap(id)
        else { return nil }
        let entry = AuditKeyEntry(material)
        auditKeys.withLock { $0[id] = entry }
        return entry
    }

    /// Whether a key set or the sealed end of a log is as it was written.
    func verifies(_ sealKey: KeyID, _ check: (borrowing SealKey) -> Bool) -> Bool {
        guard let key = keyring.current().key(sealKey), key.purpose == .seal,
            !isPresent || key.state != .compromised,
            let material = try? keyring.unwrap(sealKey)
        else { return false }
        return check(SealKey(material))
    }
}
