// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault

/// The end of a run: nothing goes wrong any more, and everything that was cut off is done again.
extension Simulation {
    func finish() async {
        trace.append("calm")
        dice.calm()
        for seat in seats where seat.running != nil {
            if dice.roll(2) == 0 { await kill(seat) } else { await runToEnd(seat) }
        }
        guard let tool = seats.last else { return }
        if tool.machine == nil { await complete(nil, at: tool) }
        await finishKeys(tool)
        for seat in seats where seat.machine == nil { await complete(nil, at: seat) }
        if witness.violation == nil { checkFinished() }
        if witness.violation == nil { await destroyLeftovers(tool) }
        for seat in seats.dropLast() {
            await complete(deck.unlockAgain(), at: seat)
            for place in places { await complete(deck.find(place), at: seat) }
        }
        if witness.violation == nil { await examine() }
        witness.require(seats.allSatisfy { $0.machine != nil }, "a vault that does not open")
    }

    /// Does what an operator does after a bad day: runs the commands again.
    private func finishKeys(_ tool: Seat) async {
        await complete(deck.activate(), at: tool)
        for (number, id) in disk.content.keyIDs.enumerated() where deck.isSuspended(id) {
            await complete(deck.resume(id, number), at: tool)
        }
        let told = witness.ledger.content
        for scope in told.scopes where !told.completeScopes.contains(scope) {
            await complete(deck.addScope(scope), at: tool)
        }
        // A walk that is at its end may find that the keys were rotated meanwhile.
        await complete(deck.reseal(nil, pages: 1_000), at: tool)
    }

    /// Every job is done, and both files say the same.
    private func checkFinished() {
        let content = disk.content
        guard let keyring = content.keyring?.keyring else { return }
        let keys = KeyDirectory(content.store)
        for set in keys.sets where !set.isDead {
            let draft = KeySetDraft(set, of: keyring.vault)
            witness.require(
                draft.restrictions(on: keyring).isEmpty, "the keyring allows more than the store")
            witness.require(!set.keys.contains { $0.fence == .closing }, "a destruction half-done")
            guard set.scope != nil else { continue }
            witness.require(KeyDirectory.live(set).count == 1, "not one live fingerprint key")
            let primary = draft.primary(.data)?.number
            for card in content.store.cards.values where keys[card.key]?.set.scope == set.scope {
                witness.require(card.key == primary, "a card under an older key")
            }
        }
        witness.require(
            !keyring.keys.contains { $0.state == .preActivation }, "a key that still waits")
        let told = witness.ledger.content
        for scope in told.scopes where !told.shredding.contains(scope) {
            witness.require(content.store.keySets[scope] != nil, "a scope that is not complete")
        }
    }

    /// What nothing needs can be destroyed.
    private func destroyLeftovers(_ tool: Seat) async {
        let deck = deck
        let content = disk.content
        let rows = KeyDirectory(content.store).sets.filter { !$0.isDead }.flatMap(\.keys)
        for row in rows where row.fence == .openOnly {
            guard [.data, .fingerprint, .scope].contains(row.key.purpose) else { continue }
            let id = row.key.id
            let destroy = Operation(name: "destroy key \(row.number.rawValue)") { machine in
                // One that was suspended when it got a successor was not deactivated.
                if deck.isSuspended(id) { try await machine.vault.deactivate(id) }
                try await machine.vault.destroy(id)
                return "done"
            }
            await complete(destroy, at: tool)
        }
    }

    private var places: [Ledger.Place] {
        let content = disk.content
        let told = witness.ledger.content
        return told.scopes.filter { !content.isDead($0) }.flatMap { scope in
            SandboxCards.numbers.indices.map { Ledger.Place(scope: scope, card: $0) }
        }
    }

    /// Runs an operation from its begin to its end; opens a vault for nil.
    private func complete(_ operation: Operation?, at seat: Seat) async {
        guard witness.violation == nil else { return }
        await begin(operation, at: seat)
        await runToEnd(seat)
        witness.check(disk.content, at: clock.last)
    }

    private func runToEnd(_ seat: Seat) async {
        while seat.running != nil && witness.violation == nil { await turn(seat) }
    }
}
