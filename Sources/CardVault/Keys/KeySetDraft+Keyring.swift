// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import SecretMemory

/// How the keys of the keyring file and those of the store keep in step.
extension KeySetDraft {
    /// Whether the destruction of every scope key has begun: then the scope is shredded.
    var isClosing: Bool {
        let scopeKeys = keys.filter { $0.key.purpose == .scope }
        return !scopeKeys.isEmpty && scopeKeys.allSatisfy { !$0.fence.opens }
    }

    /// Adds the keys that are new and active in `keyring`, and forbids what it forbids. The newest
    /// key of each purpose alone may seal then.
    ///
    /// - Returns: The new ones.
    mutating func follow(_ keyring: Keyring) -> [KeyDescriptor] {
        var added: [KeyDescriptor] = []
        for known in keyring.keys where known.scope == scope {
            if let key = self[known.id] {
                if known.state == .destroyed {
                    setFence(.closed, of: known.id)
                } else if !known.state.seals && key.fence == .sealing {
                    setFence(.openOnly, of: known.id)
                }
            } else if known.state.seals {
                add(known)
                added.append(known)
            }
        }
        for key in keys where !key.key.purpose.isStoreHeld && key.fence == .sealing {
            guard let newest = primary(key.key.purpose), newest.key.id != key.key.id else {
                continue
            }
            setFence(.openOnly, of: key.key.id)
        }
        return added
    }

    /// The states that keys of `keyring` must still enter for what this set forbids them. It says
    /// nothing of a key that `keyring` has of another scope or purpose.
    func restrictions(on keyring: Keyring) -> [(id: KeyID, state: KeyState)] {
        keys.compactMap { key in
            guard let known = keyring.key(key.key.id), known.scope == scope,
                known.purpose == key.key.purpose
            else { return nil }
            switch key.fence {
            case .closing where known.state != .destroyed: return (known.id, .destroyed)
            case .openOnly where known.state.seals:
                // Without a successor it was to be suspended only.
                let successor = primary(known.purpose)
                return (known.id, successor == nil ? .suspended : .deactivated)
            default: return nil
            }
        }
    }

    /// The store-held keys of a purpose that should seal, and that no key left unwraps.
    func lostKeys(_ purpose: KeyPurpose) -> [KeyID] {
        keys.filter { key in
            guard let by = key.wrapping?.by else { return false }
            return key.key.purpose == purpose && key.fence == .sealing
                && self[by]?.fence.opens != true
        }.map(\.key.id)
    }

    /// The keys that are closed here and were not in `set`.
    func closedSince(_ set: KeySet) -> [KeyID] {
        let closed = set.keys.filter { $0.fence == .closed }.map(\.key.id)
        return keys.filter { $0.fence == .closed && !closed.contains($0.key.id) }.map(\.key.id)
    }

    /// Makes the successor of the newest key of a purpose that the store holds.
    ///
    /// The one before seals no more; but a fingerprint key goes on beside its successor until
    /// every card has rows under both.
    mutating func replace(
        _ purpose: KeyPurpose, under wrapper: WrapperEntry, slab: KeySlab, at moment: Timestamp
    ) throws(VaultError) -> KeyID {
        let before = keys.filter { $0.key.purpose == purpose && $0.key.state != .destroyed }
            .max { $0.key.sequence < $1.key.sequence }
        let suite = before?.key.suite ?? (purpose == .data ? .preferred : .hmacSHA256)
        let id = try make(purpose, suite, under: wrapper, slab: slab, at: moment)
        if purpose == .data {
            for key in keys where key.key.purpose == .data && key.key.id != id {
                try retire(key.key.id, at: moment)
            }
        }
        return id
    }

    /// Takes sealing from a store-held key; a compromised one stays that.
    mutating func retire(_ id: KeyID, at moment: Timestamp) throws(VaultError) {
        guard let key = self[id], key.fence == .sealing || key.key.state == .suspended else {
            return
        }
        setFence(.openOnly, of: id)
        guard key.key.state != .compromised else { return }
        try enter(.deactivated, id, at: moment)
    }
}
