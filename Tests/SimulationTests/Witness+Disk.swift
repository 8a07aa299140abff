// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault

/// What must hold of the disk after every step, whoever dies next, and if the power goes.
extension Witness {
    func check(_ disk: SimDisk.Content, at moment: UInt64) {
        guard let shown = disk.keyring?.keyring, let durable = disk.durableKeyring?.keyring else {
            return report("no keyring")
        }
        let keys = KeyDirectory(disk.store)
        if let pin = disk.store.pin {
            require(pin.generation <= durable.generation, "a pin on a keyring that is not there")
        }
        let keyrings = shown.code == durable.code ? [shown] : [shown, durable]
        for keyring in keyrings { checkKeys(disk.store, keys, keyring) }
        checkRows(disk.store, keys)
        checkTokens(disk, at: moment)
    }

    /// Every key that is needed has its bytes.
    private func checkKeys(_ store: MemoryState, _ keys: KeyDirectory, _ keyring: Keyring) {
        for set in keys.sets where !set.isDead {
            for key in set.keys where key.key.purpose.isStoreHeld && key.fence.opens {
                let wrapper = key.wrapping.flatMap { keys[$0.by]?.stored }
                require(wrapper?.fence.opens == true, "a key without one that wraps it")
                require(opens(wrapper?.key.id, keyring), "a key whose wrapper is gone")
            }
            require(opens(set.sealKey, keyring), "a key set whose seal key is gone")
        }
        for card in store.cards.values {
            guard let row = keys[card.key] else { return report("a card under no key") }
            require(row.set.isDead || row.stored.fence.opens, "a card under a closed key")
            require(row.set.isDead || row.stored.wrapping != nil, "a card whose key is gone")
        }
        for hold in store.holds.values {
            let row = keys[hold.key]?.stored
            require(row?.fence.opens == true, "a hold under a closed key")
            require(opens(row?.key.id, keyring), "a hold whose key is gone")
        }
        if let pin = store.pin { require(opens(pin.sealKey, keyring), "a pin without its key") }
        if let head = store.auditHead {
            require(opens(head.sealKey, keyring), "an audit head without its key")
        }
        for row in store.registers.values {
            require(opens(row.sealKey, keyring), "a register whose seal key is gone")
        }
    }

    private func opens(_ id: KeyID?, _ keyring: Keyring) -> Bool {
        guard let id, let entry = keyring.entry(id) else { return false }
        return entry.box != nil && entry.key.state.opens
    }

    /// Every card is found by the oldest live key of its scope, and no two are the same card: rows
    /// of one key are unique.
    private func checkRows(_ store: MemoryState, _ keys: KeyDirectory) {
        for set in keys.sets where set.scope != nil && !set.isDead {
            guard let oldest = KeyDirectory.live(set).first else { continue }
            for card in store.cards.values where keys[card.key]?.set.scope == set.scope {
                let rows = store.fingerprints[card.token] ?? []
                let found = rows.filter { $0.key == oldest.number }
                require(found.count == 1, "a card with \(found.count) rows of the oldest key")
                require(
                    found.allSatisfy { store.tokens[$0] == card.token }, "a row of another card")
            }
        }
    }

    /// Every token that somebody was told of is there.
    private func checkTokens(_ disk: SimDisk.Content, at moment: UInt64) {
        let told = ledger.content
        for token in told.order where told.isDue(token, at: moment) {
            guard let scope = told.tokens[token]?.place.scope, !disk.isDead(scope) else { continue }
            require(disk.store.cards[token] != nil, "a token that was told of is lost")
        }
        for hold in told.holds where !hold.isEnding && !disk.isDead(hold.scope) {
            require(disk.store.holds[hold.id] != nil, "a hold that was told of is lost")
        }
        for set in disk.store.keySets.values where set.isDead {
            guard let scope = set.scope else { continue }
            require(told.shredding.contains(scope), "a scope is dead that nobody shredded")
        }
    }
}
