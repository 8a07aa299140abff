// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault

/// What must hold of every transaction, by what the store was before and is after it.
extension Witness {
    func check(_ after: MemoryState, after disk: SimDisk.Content) {
        let before = disk.store
        let keys = KeyDirectory(after)
        checkRecords(before, after, keys)
        checkCodes(before, after, keys)
        checkKeys(before, after, keys)
        checkPin(before.pin, after.pin, disk)
    }

    /// Nothing is stored under a key that may not seal.
    private func checkRecords(
        _ before: MemoryState, _ after: MemoryState, _ keys: KeyDirectory
    ) {
        for (token, card) in after.cards where before.cards[token] != card {
            require(keys.seals(card.key, .data), "a card under a key that may not seal")
            guard before.cards[token] == nil, let set = keys[card.key]?.set else { continue }
            let rows = after.fingerprints[token] ?? []
            for key in KeyDirectory.live(set) {
                require(
                    rows.contains { $0.key == key.number }, "a new card without a live search row")
            }
        }
        for (row, token) in after.tokens where before.tokens[row] == nil {
            require(keys.seals(row.key, .fingerprint), "a search row under a key that has ended")
            require(after.cards[token] != nil, "a search row of no card")
        }
        for (id, hold) in after.holds where before.holds[id] == nil {
            require(keys.seals(hold.key, .hold), "a hold under a key that may not seal")
        }
        for (place, entry) in after.auditEntries where before.auditEntries[place] == nil {
            let number = KeyNumber(rawValue: Int64(bitPattern: BigEndian.word(entry.span, at: 10)))
            require(keys.seals(number, .audit), "an audit entry under a key that may not seal")
        }
    }

    /// No row is sealed by a key that may not seal.
    private func checkCodes(_ before: MemoryState, _ after: MemoryState, _ keys: KeyDirectory) {
        for set in keys.sets where before.keySets[set.scope] != set {
            require(keys.sealsRows(set.sealKey), "a key set sealed by a key that may not seal")
        }
        if let pin = after.pin, pin != before.pin {
            require(keys.sealsRows(pin.sealKey), "a pin sealed by a key that may not seal")
        }
        if let head = after.auditHead, head != before.auditHead {
            require(keys.sealsRows(head.sealKey), "a head sealed by a key that may not seal")
        }
        for (place, row) in after.registers where before.registers[place] != row {
            require(keys.sealsRows(row.sealKey), "a register sealed by a key that may not seal")
        }
    }

    private func checkKeys(_ before: MemoryState, _ after: MemoryState, _ keys: KeyDirectory) {
        for set in keys.sets {
            guard let old = before.keySets[set.scope], old != set else { continue }
            require(set.epoch > old.epoch || set.keys == old.keys, "other keys in the same epoch")
            require(set.keys.count >= old.keys.count, "a key that is not listed any more")
        }
        for set in keys.sets {
            let old = before.keySets[set.scope]?.keys ?? []
            for key in set.keys {
                check(key, of: set, was: old.first { $0.number == key.number }, after, keys)
            }
        }
    }

    private func check(
        _ key: StoredKey, of set: KeySet, was old: StoredKey?, _ after: MemoryState,
        _ keys: KeyDirectory
    ) {
        if let wrapping = key.wrapping, old?.wrapping != wrapping {
            require(keys.seals(wrapping.by, .scope), "a key wrapped by one that may not seal")
        }
        guard let old, old.fence != key.fence else { return }
        require(old.fence.opens || !key.fence.opens, "a closed key that opens again")
        if key.key.purpose == .fingerprint, old.fence == .sealing, !set.isDead {
            require(!KeyDirectory.live(set).isEmpty, "a scope without a live fingerprint key")
        }
        guard old.fence.opens, !key.fence.opens else { return }
        if set.isDead, let scope = set.scope {
            return require(
                ledger.content.shredding.contains(scope), "a scope shredded that nobody shredded")
        }
        let number = key.number
        require(!after.cards.values.contains { $0.key == number }, "a key destroyed under a card")
        require(!after.tokens.keys.contains { $0.key == number }, "a key destroyed under a row")
        require(!after.holds.values.contains { $0.key == number }, "a key destroyed under a hold")
        require(
            !set.keys.contains { $0.wrapping?.by == number }, "a key destroyed that wraps another")
        require(
            !KeyDirectory(after).sets.contains { $0.sealKey == key.key.id },
            "a key destroyed that sealed a key set")
    }

    /// The pin never falls, and is never on a keyring that a loss of power would take back.
    private func checkPin(_ before: Pin?, _ after: Pin?, _ disk: SimDisk.Content) {
        guard let after, after != before else { return }
        require(after.generation >= before?.generation ?? 0, "a pin on an older keyring")
        require(after.required >= before?.required ?? 0, "a pin that requires less")
        guard let keyring = disk.durableKeyring?.keyring else { return report("a pin on nothing") }
        require(after.generation <= keyring.generation, "a pin on a keyring that is not durable")
        if after.generation == keyring.generation {
            require(after.keyringCode == keyring.code, "a pin on another keyring than is there")
        }
    }
}
