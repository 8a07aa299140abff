// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys

/// What a store allows a key to do. The stricter of this and the key's state holds.
public enum Fence: String, Sendable, CaseIterable {
    /// Seals and opens.
    case sealing
    /// Opens.
    case openOnly = "open-only"
    /// Its destruction has begun; there is no way back.
    case closing
    /// Its bytes are gone.
    case closed

    /// Whether a key may still open. Nothing needs one whose destruction has begun.
    public var opens: Bool { self == .sealing || self == .openOnly }
}

/// A key as a store knows it.
public struct StoredKey: Hashable, Sendable {
    /// A key wrapped by another key of the same set.
    public struct Wrapping: Hashable, Sendable {
        /// The key that wraps it.
        public let by: KeyNumber
        /// `suite ‖ nonce ‖ ciphertext ‖ tag`: 73 bytes.
        public let box: [UInt8]

        /// Takes a wrapping as it was stored.
        public init(by: KeyNumber, box: [UInt8]) {
            self.by = by
            self.box = box
        }
    }

    /// Its number in this store.
    public let number: KeyNumber
    /// What is known of it. For a key that the keyring file holds, the state is the keyring's.
    public let key: KeyDescriptor
    /// What the store allows it to do.
    public let fence: Fence
    /// Its bytes, where the store holds them.
    public let wrapping: Wrapping?

    /// Takes a key as it was stored.
    public init(number: KeyNumber, key: KeyDescriptor, fence: Fence, wrapping: Wrapping?) {
        self.number = number
        self.key = key
        self.fence = fence
        self.wrapping = wrapping
    }

    var frame: Frame {
        var frame = Frame(capacity: 320)
        frame.append(UInt64(bitPattern: number.rawValue))
        frame.append(key.id.bytes)
        frame.append(key.purpose.rawValue)
        frame.append(key.suite.rawValue)
        frame.append(key.sequence)
        frame.append(fence.rawValue)
        frame.append(key.purpose.isStoreHeld ? key.state.rawValue : "")
        frame.append(key.dates.stored)
        frame.append(wrapping.map { UInt64(bitPattern: $0.by.rawValue) })
        frame.append(wrapping?.box ?? [])
        return frame
    }
}

/// The keys of one scope, or of the vault itself, as a store knows them.
///
/// Its code authenticates every row of it under the vault's seal key, so that nobody who can write
/// the store adds, removes or changes a key. Each change raises the epoch.
public struct KeySet: Hashable, Sendable {
    /// With how many keys a set takes no more that the store holds, destroyed ones counted.
    public static let storeHeldLimit = 4_096

    /// The scope; nil for the hold, audit and seal keys of the vault itself.
    public let scope: ScopeID?
    /// How often the set was written: 1, 2, 3, …; or any number from 2⁶² on, once its scope was
    /// shredded.
    public let epoch: UInt64
    /// The seal key that made the code.
    public let sealKey: KeyID
    /// The keys by their numbers.
    public let keys: [StoredKey]
    /// The code of the set, 32 bytes.
    public let code: [UInt8]

    /// Takes a set as it was stored.
    public init(
        scope: ScopeID?, epoch: UInt64, sealKey: KeyID, keys: [StoredKey], code: [UInt8]
    ) {
        self.scope = scope
        self.epoch = epoch
        self.sealKey = sealKey
        self.keys = keys
        self.code = code
    }

    /// A set with its code made.
    init(
        scope: ScopeID?, epoch: UInt64, keys: [StoredKey], vault: VaultID,
        sealedBy sealKey: borrowing SealKey
    ) {
        self.scope = scope
        self.epoch = epoch
        self.sealKey = sealKey.id
        self.keys = keys
        code = sealKey.code(for: Self.frame(vault, scope, epoch, keys))
    }

    /// Whether the set is as it was written.
    func isAuthentic(in vault: VaultID, under sealKey: borrowing SealKey) -> Bool {
        sealKey.verifies(code, for: Self.frame(vault, scope, epoch, keys))
    }

    private static func frame(
        _ vault: VaultID, _ scope: ScopeID?, _ epoch: UInt64, _ keys: [StoredKey]
    ) -> Frame {
        var frame = Frame("card-vault/1 key set", capacity: 128 + 400 * keys.count)
        frame.append(vault.bytes)
        frame.append(scope?.description ?? "")
        frame.append(epoch)
        for key in keys.sorted(by: { $0.number < $1.number }) { frame.append(key.frame.bytes) }
        return frame
    }
}

extension Keyring {
    /// Whether a key is or was in use. One that the store names, and that only waits here, was
    /// activated since the keyring was read.
    func hasBegun(_ id: KeyID) -> Bool { key(id).map { $0.state != .preActivation } ?? false }
}
