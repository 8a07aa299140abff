// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import SecretMemory

/// The keys of a set that is about to be stored as its next epoch. New ones have no numbers yet.
struct KeySetDraft: Sendable {
    struct Key: Sendable {
        /// The bytes of a store-held key, wrapped by another key of the set.
        struct Wrapping: Sendable {
            /// Nil where that key is none of the set: then its number is all that is known.
            let by: KeyID?
            var number: KeyNumber?
            let box: [UInt8]
        }

        let number: KeyNumber?
        fileprivate(set) var key: KeyDescriptor
        fileprivate(set) var fence: Fence
        fileprivate(set) var wrapping: Wrapping?
    }

    private let vault: VaultID
    let scope: ScopeID?
    /// The epoch that is changed; 0 for a set that was never stored.
    let epoch: UInt64
    private(set) var keys: [Key]
    /// Whether there is anything to store.
    private(set) var isChanged: Bool
    /// The epoch that it is stored as.
    private var next: UInt64

    /// The hold, audit and seal keys of the vault itself, which the keyring file holds.
    init(vaultKeysOf keyring: Keyring) {
        self.init(scope: nil, of: keyring.vault)
        for key in keyring.keys where key.scope == nil { add(key) }
    }

    /// A scope's key from the keyring file, a new data key and a new fingerprint key wrapped by it.
    init(
        scope: ScopeID, of keyring: KeyringFile, at moment: Timestamp, suite: Suite = .preferred
    ) throws(VaultError) {
        let snapshot = keyring.current()
        guard let scopeKey = snapshot.primary(.scope, scope: scope) else {
            throw VaultError(.unknownScope, subject: scope.description)
        }
        self.init(scope: scope, of: snapshot.vault)
        add(scopeKey)
        let wrapper = try WrapperEntry(scopeKey.id, keyring)
        for (purpose, suite) in [(KeyPurpose.data, suite), (.fingerprint, .hmacSHA256)] {
            _ = try make(purpose, suite, under: wrapper, slab: keyring.slab, at: moment)
        }
    }

    /// Changes of a stored set, whose code was checked.
    ///
    /// - Parameter before: an epoch that the next must be later than, where it is not this set's.
    init(_ set: KeySet, of vault: VaultID, after before: UInt64 = 0) {
        self.vault = vault
        scope = set.scope
        epoch = max(set.epoch, before)
        next = epoch &+ 1
        isChanged = false
        let ids = Dictionary(set.keys.map { ($0.number, $0.key.id) }) { first, _ in first }
        keys = set.keys.map { row in
            let wrapping = row.wrapping.map { wrapping in
                let by = ids[wrapping.by]
                return Key.Wrapping(
                    by: by, number: by == nil ? wrapping.by : nil, box: wrapping.box)
            }
            return Key(number: row.number, key: row.key, fence: row.fence, wrapping: wrapping)
        }
    }

    private init(scope: ScopeID?, of vault: VaultID) {
        self.vault = vault
        self.scope = scope
        epoch = 0
        next = 1
        keys = []
        isChanged = true
    }

    /// Stores it as an epoch that no process has. Where somebody has changed the epoch itself, one
    /// more, or any number that is known, may be that of keys which a process still has: it would
    /// go on with them. What is counted from 1 does not come as far as this.
    mutating func leap() {
        repeat { next = .random(in: 1 << 62..<1 << 63) } while next == epoch
    }

    /// Gives the keys other numbers, as in another store; those without one get new ones there.
    mutating func renumber(_ number: (Key) -> KeyNumber?) {
        keys = keys.map {
            Key(number: number($0), key: $0.key, fence: $0.fence, wrapping: $0.wrapping)
        }
    }

    /// A key of the set; nil when it has none of that id.
    subscript(id: KeyID) -> Key? { keys.first { $0.key.id == id } }

    /// The newest key of a purpose that may seal.
    func primary(_ purpose: KeyPurpose) -> Key? {
        keys.filter { $0.key.purpose == purpose && $0.fence == .sealing }
            .max { $0.key.sequence < $1.key.sequence }
    }

    /// Adds a key that the keyring file holds.
    mutating func add(_ key: KeyDescriptor) {
        isChanged = true
        keys.append(Key(number: nil, key: key, fence: .sealing, wrapping: nil))
    }

    /// Makes a key that the store is to hold: the next of its purpose.
    ///
    /// - Throws: `tooManyKeys`, `memory`.
    mutating func make(
        _ purpose: KeyPurpose, _ suite: Suite, under wrapper: WrapperEntry, slab: KeySlab,
        at moment: Timestamp
    ) throws(VaultError) -> KeyID {
        guard keys.count < KeySet.storeHeldLimit else {
            throw VaultError(.tooManyKeys, subject: scope?.description)
        }
        let last = keys.filter { $0.key.purpose == purpose }.map(\.key.sequence).max() ?? 0
        do throws(SecretMemoryError) {
            let material = try KeyMaterial.generate(purpose: purpose, suite: suite, in: slab)
            let key = KeyDescriptor(
                material, scope: scope, sequence: last + 1, activeFrom: moment)
            let box = wrapper.key.wrap(material, as: key.binding(in: vault))
            isChanged = true
            keys.append(
                Key(
                    number: nil, key: key, fence: .sealing,
                    wrapping: .init(by: wrapper.key.id, box: box.stored)))
            return key.id
        } catch {
            throw VaultError(.memory)
        }
    }

    /// Wraps a store-held key by another key of the set than so far.
    mutating func rewrap(
        _ id: KeyID, from old: WrapperEntry, to new: WrapperEntry, slab: KeySlab
    ) throws(VaultError) {
        guard let index = keys.firstIndex(where: { $0.key.id == id }),
            let box = keys[index].wrapping?.box
        else { return }
        let key = keys[index].key
        let material = try old.unwrap(key, box, in: vault, slab: slab)
        let rewrapped = new.key.wrap(material, as: key.binding(in: vault))
        keys[index].wrapping = .init(by: new.key.id, box: rewrapped.stored)
        isChanged = true
    }

    /// Says what the store is to allow a key.
    mutating func setFence(_ fence: Fence, of id: KeyID) {
        guard let index = keys.firstIndex(where: { $0.key.id == id }), keys[index].fence != fence
        else { return }
        keys[index].fence = fence
        isChanged = true
    }

    /// Brings a store-held key into a state. Its bytes go with its destruction.
    ///
    /// - Throws: `keyState`.
    mutating func enter(
        _ state: KeyState, _ id: KeyID, at moment: Timestamp
    ) throws(VaultError) {
        guard let index = keys.firstIndex(where: { $0.key.id == id }) else { return }
        keys[index].key = try VaultError.transition { () throws(KeyTransitionError) in
            try keys[index].key.entering(state, at: moment)
        }
        if state == .destroyed { forget(id, at: moment) }
        isChanged = true
    }

    /// Takes over what a later set says of a key.
    mutating func note(_ key: KeyDescriptor) {
        guard let index = keys.firstIndex(where: { $0.key.id == key.id }) else { return }
        keys[index].key = key
        isChanged = true
    }

    /// Drops the bytes of a store-held key, whatever state it is in.
    mutating func forget(_ id: KeyID, at moment: Timestamp) {
        guard let index = keys.firstIndex(where: { $0.key.id == id }) else { return }
        keys[index].key = keys[index].key.destroyed(at: moment)
        keys[index].wrapping = nil
        keys[index].fence = .closed
        isChanged = true
    }

    /// Numbers the new keys and stores all of them as the next epoch of their set, which it
    /// returns. The caller has seen that the epoch is still the one that is changed.
    ///
    /// - Parameter last: a number that those of new keys are above.
    func store(
        in transaction: any StoreTransaction, sealedBy sealKey: SealKeyEntry,
        after last: KeyNumber = KeyNumber(rawValue: 0)
    ) throws(StoreError) -> KeySet {
        var (numbers, last): ([KeyID: KeyNumber], KeyNumber) = ([:], last)
        for key in keys where key.number == nil {
            // Only somebody who changes the store comes to the end of the numbers.
            guard last.rawValue < .max else { throw StoreError(.corrupt) }
            let next = KeyNumber(rawValue: last.rawValue + 1)
            last = max(try transaction.nextKeyNumber(), next)
            numbers[key.key.id] = last
        }
        for key in keys { if let number = key.number { numbers[key.key.id] = number } }
        var rows: [StoredKey] = []
        for key in keys {
            guard let number = numbers[key.key.id] else { continue }
            let wrapping = key.wrapping.flatMap { wrapping in
                let number = wrapping.by.flatMap { numbers[$0] } ?? wrapping.number
                return number.map { StoredKey.Wrapping(by: $0, box: wrapping.box) }
            }
            rows.append(
                StoredKey(number: number, key: key.key, fence: key.fence, wrapping: wrapping))
        }
        let set = KeySet(
            scope: scope, epoch: next, keys: rows, vault: vault, sealedBy: sealKey.key)
        try transaction.put(set)
        return set
    }
}
