// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
@testable internal import CardKeys
@testable internal import CardVault

/// What servers do.
extension Deck {
    func drawForServer(_ machine: Machine) -> Operation {
        if machine.vault.needsUnlock && dice.roll(2) == 0 { return unlockAgain() }
        switch dice.roll(100) {
        case ..<36: return tokenize()
        case ..<52: return find()
        case ..<68: return detokenize()
        case ..<75: return extend()
        case ..<82: return delete()
        case ..<89: return hold()
        case ..<96: return redeem()
        default: return reseal(pages: 1 + dice.roll(4))
        }
    }

    private func place() -> Ledger.Place {
        Ledger.Place(scope: scope(), card: dice.roll(SandboxCards.numbers.count))
    }

    private func tokenize() -> Operation {
        let place = place()
        let lifetime: Duration? =
            dice.roll(4) == 0 ? .milliseconds(200 + 400 * dice.roll(4)) : nil
        let name =
            "tokenize \(place.card) in \(place.scope)\(lifetime == nil ? "" : " for a while")"
        return Operation(name: name, refusals: refusals(in: place.scope)) { machine in
            let scope = try await machine.vault.scope(place.scope.description)
            let card = try await scope.tokenize(
                PAN(SandboxCards.numbers[place.card]), for: lifetime)
            try ledger.note(card, of: place)
            return card.isNew ? "new" : "known"
        }
    }

    func find(_ chosen: Ledger.Place? = nil) -> Operation {
        let place = chosen ?? place()
        return Operation(
            name: "find \(place.card) in \(place.scope)", refusals: refusals(in: place.scope)
        ) { machine in
            let before = ledger.content.due(place, at: clock.last)
            let scope = try await machine.vault.scope(place.scope.description)
            let card = try await scope.find(PAN(SandboxCards.numbers[place.card]))
            guard let card else {
                let missed = ledger.content
                guard !before.contains(where: { missed.isDue($0, at: clock.last) }) else {
                    throw Violation(text: "a card that is there was not found")
                }
                return "nothing"
            }
            try ledger.note(card, of: place)
            return "found"
        }
    }

    private func token() -> (token: Token, place: Ledger.Place, number: Int)? {
        let told = ledger.content
        guard let token = dice.pick(told.order), let place = told.tokens[token]?.place,
            let number = told.order.firstIndex(of: token)
        else { return nil }
        return (token, place, number)
    }

    func detokenize() -> Operation {
        guard let (token, place, number) = token() else { return tokenize() }
        return Operation(
            name: "detokenize \(number)", refusals: refusals(in: place.scope)
        ) { machine in
            do {
                let scope = try await machine.vault.scope(place.scope.description)
                let pan = try await scope.detokenize(token, purpose: "simulation")
                guard SandboxCards.index(of: pan) == place.card else {
                    throw Violation(text: "a token opened as another card")
                }
                return "right"
            } catch let error as VaultError where error.code == .notFound {
                return try missed(token)
            }
        }
    }

    /// What to say of a token that was not found.
    private func missed(_ token: Token) throws(Violation) -> String {
        guard !ledger.content.isDue(token, at: clock.last) else {
            throw Violation(text: "a token that is there was not found")
        }
        return "gone"
    }

    private func extend() -> Operation {
        guard let (token, place, number) = token() else { return tokenize() }
        let span = UInt64(1_000 + dice.roll(1_000))
        return Operation(
            name: "extend \(number)", refusals: refusals(in: place.scope).union([.badLifetime])
        ) { machine in
            do {
                let scope = try await machine.vault.scope(place.scope.description)
                guard let end = Timestamp(milliseconds: clock.last + span) else { return "" }
                _ = try await scope.extend(token, until: end)
                try ledger.change { state throws(Violation) in state.tokens[token]?.end = end }
                return "done"
            } catch let error as VaultError where error.code == .notFound {
                return try missed(token)
            }
        }
    }

    private func delete() -> Operation {
        guard let (token, place, number) = token() else { return tokenize() }
        return Operation(name: "delete \(number)", refusals: refusals(in: place.scope)) { machine in
            do {
                let scope = try await machine.vault.scope(place.scope.description)
                try ledger.change { state throws(Violation) in _ = state.ending.insert(token) }
                try await scope.delete(token)
                return "done"
            } catch let error as VaultError where error.code == .notFound {
                return "gone"
            }
        }
    }

    private func hold() -> Operation {
        let scope = scope()
        let code = 100 + dice.roll(900)
        return Operation(name: "hold in \(scope)", refusals: refusals(in: scope)) { machine in
            let inside = try await machine.vault.scope(scope.description)
            let handle = try await inside.hold(
                CardVerificationCode(String(code).utf8.span), for: .seconds(600_000))
            let text = handle.withText { text in text.indices.map { text[$0] } }
            let id = handle.id
            try ledger.change { state throws(Violation) in
                state.holds.append(Ledger.Held(id: id, text: text, scope: scope, code: code))
            }
            return "done"
        }
    }

    private func redeem() -> Operation {
        let told = ledger.content
        let open = told.holds.indices.filter { !told.holds[$0].isEnding }
        guard let number = dice.pick(open) else { return hold() }
        let held = told.holds[number]
        return Operation(name: "redeem \(number)", refusals: refusals(in: held.scope)) { machine in
            let scope = try await machine.vault.scope(held.scope.description)
            try ledger.change { state throws(Violation) in state.holds[number].attemptCount += 1 }
            do {
                let handle = try HoldHandle(held.text.span)
                let text = try await scope.redeem(handle) {
                    (code: borrowing CardVerificationCode) in
                    code.withDigits { digits in
                        String(decoding: digits.indices.map { digits[$0] }, as: UTF8.self)
                    }
                }
                guard text == String(held.code) else { throw Violation(text: "another code") }
                return "right"
            } catch let error as VaultError where error.code == .notFound {
                let told = ledger.content
                let isGone = told.shredding.contains(held.scope)
                guard isGone || told.holds[number].attemptCount > 1 else {
                    throw Violation(text: "a hold that is there was not found")
                }
                return "gone"
            }
        }
    }

    func unlockAgain() -> Operation {
        Operation(name: "unlock again") { machine in
            guard let root = roots.opening(disk.content.keyring) else {
                throw VaultError(keyring: .needsUnlock)
            }
            try machine.keyring.share(rootOf: root)
            try await machine.vault.takeKeyring()
            return "done"
        }
    }
}
