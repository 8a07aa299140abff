// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Synchronization

/// The bytes of a keyring, and what they say. Nobody has verified them.
struct KeyringImage: Sendable {
    let bytes: [UInt8]
    let keyring: Keyring

    init(_ bytes: [UInt8]) throws(KeyringError) {
        self.bytes = bytes
        let parts = try KeyringText.split(bytes)
        keyring = try KeyringParser(parts.body).keyring(code: parts.code)
    }
}

/// The disk that the processes share: a store, whose transactions are durable at once, and a
/// keyring, which is durable when its folder is.
final class SimDisk: Sendable {
    struct Content: Sendable {
        var store = MemoryState()
        /// What is read.
        var keyring: KeyringImage?
        /// What is there after a loss of power.
        var durableKeyring: KeyringImage?
        /// The process that has the keyring's lock.
        var lockOwner: ObjectIdentifier?
    }

    private let state: Mutex<Content>

    init(_ content: Content = Content()) { state = Mutex(content) }

    /// What is on the disk now.
    var content: Content { state.withLock { $0 } }

    /// Changes what is on the disk.
    func change<R: Sendable>(_ body: (inout Content) -> R) -> R { state.withLock { body(&$0) } }

    /// Forgets all, for tasks of a process that ended may keep its disk for a while.
    func wipe() { state.withLock { $0 = Content() } }
}

extension SimDisk.Content {
    /// Every key: those of the keyring in the order of their making, then those of the store.
    var keyIDs: [KeyID] {
        let held = store.keySets.values.flatMap(\.keys).filter(\.key.purpose.isStoreHeld)
        return (keyring?.keyring.keys.map(\.id) ?? [])
            + held.sorted { $0.number < $1.number }.map(\.key.id)
    }

    /// Whether the destruction of every key of a scope has begun.
    func isDead(_ scope: ScopeID) -> Bool {
        guard let set = store.keySets[scope] else {
            return keyring?.keyring.scope(scope)?.shreddedAt != nil
        }
        return set.isDead
    }
}

extension KeySet {
    /// Whether the destruction of every scope key has begun.
    var isDead: Bool {
        scope != nil && keys.allSatisfy { $0.key.purpose != .scope || !$0.fence.opens }
    }
}
